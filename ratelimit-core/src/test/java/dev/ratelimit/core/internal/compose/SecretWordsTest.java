package dev.ratelimit.core.internal.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Words that follow from a secret: on all nodes and after each restart the same. */
class SecretWordsTest {

    private static long[] words(String secret) {
        SecretWords words = new SecretWords(secret);
        return LongStream.generate(words::nextLong).limit(100).toArray();
    }

    /** As {@code printf '\0\0\0\0\0\0\0\0blue' | sha256sum} begins; the second word has a one as its eighth byte. */
    @Test
    void theWordsAreTheHashesOfACounterAndTheSecret() {
        assertThat(words("blue")).startsWith(0x39A2_4EAA_FDC3_050EL, 0x3163_2EE8_3838_3AE3L);
        assertThat(words("gr\u00fcn")).as("in UTF-8").startsWith(0x22A7_45DE_E5FC_8540L);
    }

    @Test
    void theSameSecretHasTheSameWordsAndNoneTwice() {
        assertThat(words("blue")).isEqualTo(words("blue")).doesNotHaveDuplicates();
    }

    @Test
    void anotherSecretHasOtherWords() {
        assertThat(words("blue")).doesNotContain(words("Blue"));
    }
}
