package dev.ratelimit.runtime.keys;

import dev.ratelimit.internal.GoldenRatio;
import java.util.random.RandomGenerator;

/**
 * A keyed family of 64-bit hash functions. For any two different inputs, chosen without knowledge of the secret, the
 * probability of a collision is 1 in 2<sup>64</sup>.
 *
 * <p>Multilinear hashing with half the multiplications (Lemire and Kaser, <i>Strongly universal string hashing is
 * fast</i>, The Computer Journal 57(11), 2014, section 3: "multilinear-HM"): of 32-bit words w and random 64-bit keys
 * k,
 *
 * <pre>
 *   (k0 + Σ (k[2i+1] + w[2i]) × (k[2i+2] + w[2i+1])) mod 2^64, the upper 32 bits
 * </pre>
 *
 * <p>is strongly universal. Two such sums with different keys give the upper and the lower half. The first pair of
 * words is the kind of the input and its length. So inputs of different kinds or lengths differ, too, and the last
 * words may be padded with zeros or with characters that are already hashed. The products are independent, so a
 * processor computes them in parallel.
 *
 * <p>The keys of the first {@value #PAIRS_KEPT} pairs are random and kept. Further keys are derived from the secret by
 * SplitMix64 (Steele, Lea and Flood) when needed, so that an input may have any length.
 *
 * <p>Immutable and thread-safe.
 */
final class Multilinear {

    private static final int PAIRS_KEPT = 64;

    private static final long LOWER_HALF = 0xFFFF_FFFFL;

    private final long upperStart;
    private final long lowerStart;
    private final long secret;

    /** For each pair of words, two keys of the upper sum, then two keys of the lower sum. */
    private final long[] keys = new long[4 * PAIRS_KEPT];

    Multilinear(RandomGenerator random) {
        upperStart = random.nextLong();
        lowerStart = random.nextLong();
        secret = random.nextLong();
        for (int i = 0; i < keys.length; i++) {
            keys[i] = random.nextLong();
        }
    }

    /** Hashes characters, two to a word. */
    long text(int kind, String text) {
        int length = text.length();
        if (length < 4 || length > 4 * (PAIRS_KEPT - 1)) {
            return words(kind, length, packed(text));
        }
        long[] k = keys;
        long upper = upperStart + (k[0] + kind) * (k[1] + length);
        long lower = lowerStart + (k[2] + kind) * (k[3] + length);
        int key = 4;
        for (int i = 0; i < length - 4; i += 4, key += 4) {
            long first = twoCharacters(text, i);
            long second = twoCharacters(text, i + 2);
            upper += (k[key] + first) * (k[key + 1] + second);
            lower += (k[key + 2] + first) * (k[key + 3] + second);
        }
        // The last four characters. The length tells how many of them are new. This is faster than counting the rest.
        long first = twoCharacters(text, length - 4);
        long second = twoCharacters(text, length - 2);
        upper += (k[key] + first) * (k[key + 1] + second);
        lower += (k[key + 2] + first) * (k[key + 3] + second);
        return joined(upper, lower);
    }

    private static long twoCharacters(String text, int i) {
        return text.charAt(i) | ((long) text.charAt(i + 1) << 16);
    }

    private static long[] packed(String text) {
        long[] words = new long[(text.length() + 3) / 4];
        for (int i = 0; i < text.length(); i++) {
            words[i >> 2] |= (long) text.charAt(i) << (16 * i);
        }
        return words;
    }

    /** Hashes bytes. */
    long bytes(int kind, byte[] bytes) {
        long[] words = new long[(bytes.length + 7) / 8];
        for (int i = 0; i < bytes.length; i++) {
            words[i >> 3] |= (bytes[i] & 0xFFL) << (8 * i);
        }
        return words(kind, bytes.length, words);
    }

    /** Hashes 64 bits. */
    long word(int kind, long value) {
        return joined(
                upperStart + (keys[0] + kind) * keys[1] + product(1, 0, value),
                lowerStart + (keys[2] + kind) * keys[3] + product(1, 2, value));
    }

    /** Hashes 128 bits. */
    long words(int kind, long first, long second) {
        return joined(
                upperStart + (keys[0] + kind) * keys[1] + product(1, 0, first) + product(2, 0, second),
                lowerStart + (keys[2] + kind) * keys[3] + product(1, 2, first) + product(2, 2, second));
    }

    /** Hashes any number of 64-bit values, and a length in any unit that the caller chooses. */
    long words(int kind, long length, long[] values) {
        long upper = upperStart + (keys[0] + kind) * (keys[1] + length);
        long lower = lowerStart + (keys[2] + kind) * (keys[3] + length);
        for (int i = 0; i < values.length; i++) {
            upper += product(i + 1, 0, values[i]);
            lower += product(i + 1, 2, values[i]);
        }
        return joined(upper, lower);
    }

    /** Returns the product of a pair of words, which are the halves of a value, with its keys. */
    private long product(int pair, int sum, long value) {
        return (key(pair, sum) + (value & LOWER_HALF)) * (key(pair, sum + 1) + (value >>> 32));
    }

    private long key(int pair, int which) {
        int index = 4 * pair + which;
        return pair < PAIRS_KEPT ? keys[index] : splitMix(secret + (4L * pair + which) * GoldenRatio.FRACTION);
    }

    /** Returns a value whose bits all depend on all bits of another, as a bijection: the finalizer of SplitMix64. */
    static long splitMix(long z) {
        long mixed = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }

    private static long joined(long upper, long lower) {
        return (upper & ~LOWER_HALF) | (lower >>> 32);
    }
}
