package dev.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class KeyTest {

    @Test
    void partsAreNotRunTogether() {
        assertThat(Key.of("a", "bc")).isNotEqualTo(Key.of("ab", "c")).isEqualTo(Key.ofParts(List.of("a", "bc")));
        assertThat(Key.of("a", "bc")).hasSameHashCodeAs(Key.of("a", "bc")).hasToString("Key[a, bc]");
        assertThat(Key.of("a", "b", "c").size()).isEqualTo(3);
        assertThat(Key.of("a", "b", "c").part(2)).isEqualTo("c");
    }

    @Test
    void laterChangesOfTheListDoNotCount() {
        List<String> parts = new ArrayList<>(List.of("a", "b"));
        Key key = Key.ofParts(parts);
        parts.set(0, "x");
        assertThat(key).isEqualTo(Key.of("a", "b"));
    }

    @Test
    @SuppressWarnings("NullAway")
    void badParts() {
        assertThatThrownBy(() -> Key.of("a", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("second");
        assertThatThrownBy(() -> Key.ofParts(Arrays.asList("a", "b", null)))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("parts[2]");
        assertThatThrownBy(() -> Key.ofParts(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a key needs at least one part");
    }

    @Test
    void aPartIsOfATypeThatAKeyMayBe() {
        assertThatThrownBy(() -> Key.of("a", String.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("second must be a CharSequence, Long, Integer, UUID, byte[], InetAddress, enum or Key,"
                        + " but was a java.lang.Class; pass what identifies it, such as its id");
        assertThatThrownBy(() -> Key.ofParts(List.of("a", 1.5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("parts[1] must be a CharSequence");
        assertThat(Key.of("a", Key.of(new byte[] {1}, UUID.randomUUID(), Thread.State.NEW))
                        .size())
                .isEqualTo(2);
    }
}
