package dev.ratelimit.core.internal.stripes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Keys are spread over stripes, also those whose fingerprints are neighbours. */
class StripingTest {

    @Test
    void theNumberIsAPowerOfTwo() {
        assertThat(Integer.bitCount(Striping.count())).isEqualTo(1);
        assertThat(Striping.count()).isBetween(64, 1 << Striping.BITS);
    }

    @Test
    void neighboursAreSpread() {
        int[] keys = new int[64];
        for (long fingerprint = 0; fingerprint < 6_400; fingerprint++) {
            keys[Striping.index(fingerprint, 64)]++;
        }
        for (int count : keys) {
            assertThat(count).isBetween(50, 160);
        }
    }

    @Test
    void theSameFingerprintHasTheSameStripe() {
        assertThat(Striping.index(77, 128) % 64).isEqualTo(Striping.index(77, 64));
        assertThat(Striping.mix(77)).isEqualTo(Striping.mix(77));
    }
}
