package dev.ratelimit.core.internal.keys;

import java.util.random.RandomGenerator;

/**
 * A keyed family of hash functions of 64 bits: for any two different inputs, chosen by whoever does not know the
 * secret, the odds that they collide are at most 1 in 2<sup>64</sup>.
 *
 * <p>Multilinear hashing by half as many multiplications (Lemire and Kaser, <i>Strongly universal string hashing is
 * fast</i>, The Computer Journal 57(11), 2014, section 3: "multilinear-HM"): of 32-bit words w and random 64-bit keys k,
 *
 * <pre>
 *   (k0 + Σ (k[2i+1] + w[2i]) × (k[2i+2] + w[2i+1])) mod 2^64, the upper 32 bits
 * </pre>
 *
 * <p>is strongly universal. Two such sums with keys of their own give the upper and the lower half. The first pair of
 * words is always the kind of the input and its length, so that inputs of different kinds or lengths differ too, and
 * zeros may fill up the last pair. The products do not wait for each other, which suits a processor better than a
 * chain.
 *
 * <p>The keys of the first {@value #PAIRS_KEPT} pairs are random and kept; those beyond are drawn from the secret by
 * Steele, Lea and Flood's SplitMix64 as they are needed, so that an input may have any length.
 *
 * <p>Immutable and thread-safe.
 */
final class Multilinear {

    private static final int PAIRS_KEPT = 64;

    private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;

    private final long upperStart;
    private final long lowerStart;
    private final long secret;

    /** For each pair two keys of the upper sum, then two of the lower. */
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
        long[] k = keys;
        long upper = upperStart + (k[0] + kind) * (k[1] + length);
        long lower = lowerStart + (k[2] + kind) * (k[3] + length);
        int whole = Math.min(length >> 2, PAIRS_KEPT - 2);
        int i = 0;
        for (int key = 4; key < 4 + 4 * whole; key += 4, i += 4) {
            long first = text.charAt(i) | ((long) text.charAt(i + 1) << 16);
            long second = text.charAt(i + 2) | ((long) text.charAt(i + 3) << 16);
            upper += (k[key] + first) * (k[key + 1] + second);
            lower += (k[key + 2] + first) * (k[key + 3] + second);
        }
        for (int pair = whole + 1; i < length; pair++, i += 4) {
            long first = text.charAt(i) | (charAt(text, i + 1) << 16);
            long second = charAt(text, i + 2) | (charAt(text, i + 3) << 16);
            upper += (key(pair, 0) + first) * (key(pair, 1) + second);
            lower += (key(pair, 2) + first) * (key(pair, 3) + second);
        }
        return joined(upper, lower);
    }

    private static long charAt(String text, int index) {
        return index < text.length() ? text.charAt(index) : 0;
    }

    /** Hashes bytes, four to a word. */
    long bytes(int kind, byte[] bytes) {
        long upper = upperStart + (keys[0] + kind) * (keys[1] + bytes.length);
        long lower = lowerStart + (keys[2] + kind) * (keys[3] + bytes.length);
        for (int pair = 1, i = 0; i < bytes.length; pair++, i += 8) {
            long first = word(bytes, i);
            long second = word(bytes, i + 4);
            upper += (key(pair, 0) + first) * (key(pair, 1) + second);
            lower += (key(pair, 2) + first) * (key(pair, 3) + second);
        }
        return joined(upper, lower);
    }

    private static long word(byte[] bytes, int from) {
        long word = 0;
        for (int i = Math.min(from + 4, bytes.length) - 1; i >= from; i--) {
            word = (word << 8) | (bytes[i] & 0xFF);
        }
        return word;
    }

    /** Hashes 64 bits. */
    long word(int kind, long value) {
        return joined(
                upperStart + (keys[0] + kind) * (keys[1] + 1) + product(1, 0, value),
                lowerStart + (keys[2] + kind) * (keys[3] + 1) + product(1, 2, value));
    }

    /** Hashes 128 bits. */
    long words(int kind, long first, long second) {
        return joined(
                upperStart + (keys[0] + kind) * (keys[1] + 2) + product(1, 0, first) + product(2, 0, second),
                lowerStart + (keys[2] + kind) * (keys[3] + 2) + product(1, 2, first) + product(2, 2, second));
    }

    /** Hashes any number of 64 bits. */
    long words(int kind, long[] values) {
        long upper = upperStart + (keys[0] + kind) * (keys[1] + values.length);
        long lower = lowerStart + (keys[2] + kind) * (keys[3] + values.length);
        for (int i = 0; i < values.length; i++) {
            upper += product(i + 1, 0, values[i]);
            lower += product(i + 1, 2, values[i]);
        }
        return joined(upper, lower);
    }

    /** A pair of words, both halves of a value, times its keys. */
    private long product(int pair, int sum, long value) {
        return (key(pair, sum) + (value & 0xFFFF_FFFFL)) * (key(pair, sum + 1) + (value >>> 32));
    }

    private long key(int pair, int which) {
        int index = 4 * pair + which;
        return pair < PAIRS_KEPT ? keys[index] : splitMix(secret + (4L * pair + which) * GOLDEN_GAMMA);
    }

    private static long splitMix(long z) {
        long mixed = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }

    private static long joined(long upper, long lower) {
        return (upper & 0xFFFF_FFFF_0000_0000L) | (lower >>> 32);
    }
}
