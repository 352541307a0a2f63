package dev.ratelimit.runtime.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Key;
import java.net.InetAddress;
import java.nio.CharBuffer;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class KeyHashTest {

    enum Mode {
        MONDAY
    }

    private final KeyHash hash = new KeyHash(new Random(1));

    @Test
    void differentKeysDiffer() throws Exception {
        byte[] bytes = {1, 2, 3};
        List<Object> keys = new ArrayList<>(List.of(
                "",
                "a",
                "a\0",
                "\0",
                "\0\0",
                "1",
                "MONDAY",
                "\uD83D\uDE00",
                "\uD83D",
                "\uDE00",
                "\uDE00\uD83D",
                1,
                1L,
                0,
                0L,
                -1,
                -1L,
                new UUID(0, 1),
                new UUID(1, 0),
                new byte[0],
                new byte[1],
                new byte[4],
                bytes,
                InetAddress.getByName("1.2.3.4"),
                InetAddress.getByName("4.3.2.1"),
                InetAddress.getByName("::2"),
                InetAddress.getByName("::1:0:0:0:1"),
                DayOfWeek.MONDAY,
                DayOfWeek.TUESDAY,
                Mode.MONDAY,
                Key.of("a", "bc"),
                Key.of("ab", "c"),
                Key.of("", "abc"),
                Key.of("abc", ""),
                Key.ofParts(List.of("abc")),
                Key.of("bc", "a"),
                Key.of("a", "b", "c"),
                Key.of(Key.of("a", "b"), "c"),
                Key.of("a", Key.of("b", "c")),
                Key.of(1, 2),
                Key.of(1L, 2L),
                Key.of(1, 2L)));
        for (int length = 1; length < 600; length++) {
            keys.add("x".repeat(length) + "y");
            keys.add("y" + "x".repeat(length));
        }
        Map<Long, Object> seen = new HashMap<>();
        for (Object key : keys) {
            assertThat(seen.put(hash.of(key), key)).as("collides with %s", key).isNull();
        }
    }

    @Test
    void theSameKeyIsTheSameHowEverItIsWritten() throws Exception {
        String text = "user-4711";
        assertThat(hash.of(CharBuffer.wrap(text))).isEqualTo(hash.of(text));
        assertThat(hash.of(new String(text.toCharArray()))).isEqualTo(hash.of(text));
        assertThat(hash.of(new byte[] {1, 2})).isEqualTo(hash.of(new byte[] {1, 2}));
        assertThat(hash.of(InetAddress.getByName("::ffff:1.2.3.4")))
                .isEqualTo(hash.of(InetAddress.getByName("1.2.3.4")));
        assertThat(hash.of(Key.of(CharBuffer.wrap("a"), 1))).isEqualTo(hash.of(Key.of("a", 1)));
        assertThat(hash.of(Key.ofParts(List.of("a", "b")))).isEqualTo(hash.of(Key.of("a", "b")));
    }

    @Test
    void eachCharacterOfAnyLengthCounts() {
        for (int length : new int[] {1, 2, 3, 4, 5, 35, 36, 37, 246, 247, 248, 249, 252, 256, 1_000}) {
            char[] text = new char[length];
            Arrays.fill(text, 'k');
            Set<Long> hashes = new HashSet<>(Set.of(hash.of(new String(text))));
            for (int i = 0; i < length; i++) {
                text[i] = '\u0100';
                assertThat(hashes.add(hash.of(new String(text)))).isTrue();
                text[i] = 'k';
            }
        }
    }

    @Test
    void emptyAndHugeKeys() {
        String huge = "h".repeat(10_000_000);
        assertThat(hash.of(huge)).isNotEqualTo(hash.of(huge + "h")).isEqualTo(hash.of("h".repeat(10_000_000)));
        byte[] hugeBytes = new byte[10_000_000];
        long before = hash.of(hugeBytes);
        hugeBytes[9_999_999] = 1;
        assertThat(hash.of(hugeBytes)).isNotEqualTo(before);
        assertThat(hash.of("")).isEqualTo(hash.of(CharBuffer.wrap("")));
    }

    @Test
    void eachSecretGivesOtherHashes() {
        KeyHash other = new KeyHash(new Random(2));
        assertThat(other.of("a")).isNotEqualTo(hash.of("a"));
        assertThat(other.of(1L)).isNotEqualTo(hash.of(1L));
        assertThat(other.of(Key.of("a", "b"))).isNotEqualTo(hash.of(Key.of("a", "b")));
    }

    /** Of strings with the same last characters, which an attacker can make at will, none is taken for another. */
    @Test
    void stringsThatShareAPlaceInTheMemoAreTheirOwn() {
        Set<Long> hashes = new HashSet<>();
        for (int i = 0; i < 256; i++) {
            String text = "user-" + i + "-with-the-same-end";
            long first = hash.of(text);
            for (int repeat = 0; repeat < 4; repeat++) {
                assertThat(hash.of(new String(text.toCharArray()))).isEqualTo(first);
            }
            assertThat(hash.of(CharBuffer.wrap(text))).isEqualTo(first);
            hashes.add(first);
        }
        assertThat(hashes).hasSize(256);
    }

    /** The hash of random bits has each bit set half of the time, and differs in half of the bits for each bit changed. */
    @Test
    void bitsAreEvenlySpread() {
        Random random = new Random(3);
        int[] set = new int[64];
        long changed = 0;
        int draws = 20_000;
        for (int i = 0; i < draws; i++) {
            long value = random.nextLong();
            long hashed = hash.of(value);
            changed += Long.bitCount(hashed ^ hash.of(value ^ (1L << (i % 64))));
            for (int bit = 0; bit < 64; bit++) {
                set[bit] += (int) ((hashed >>> bit) & 1);
            }
        }
        assertThat(Arrays.stream(set).boxed().toList())
                .allSatisfy(count -> assertThat(count).isBetween(draws * 47 / 100, draws * 53 / 100));
        assertThat((double) changed / draws).isBetween(30.0, 34.0);
    }

    @Test
    void nestingTooDeepIsRefused() {
        Key key = Key.of("a", "b");
        for (int i = 0; i < 31; i++) {
            key = Key.of(key, "b");
        }
        Key deepest = key;
        assertThat(hash.of(deepest)).isNotZero();
        assertThatThrownBy(() -> hash.of(Key.of(deepest, "b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32 deep");
    }
}
