package dev.ratelimit.core.internal.stripes;

import dev.ratelimit.internal.GoldenRatio;

/** The number of stripes of a limiter, and the stripe of a key. */
public final class Striping {

    /** The bits of a {@linkplain #mix mixed} fingerprint that may choose the stripe; the others choose within it. */
    public static final int BITS = 12;

    private static final int PER_PROCESSOR = 8;
    private static final int FEWEST = 64;

    private Striping() {}

    /** Returns the number of stripes for the processors of this machine, a power of two. */
    public static int count() {
        int wanted = Math.max(PER_PROCESSOR * Runtime.getRuntime().availableProcessors(), FEWEST);
        return Math.min(Integer.highestOneBit(wanted), 1 << BITS);
    }

    /** Returns the index of a key's stripe; their number is a power of two. */
    public static int index(long fingerprint, int stripes) {
        return mix(fingerprint) & (stripes - 1);
    }

    /**
     * Returns a fingerprint spread over 32 bits: the upper half of its product with 2^64 divided by the golden ratio.
     */
    public static int mix(long fingerprint) {
        return GoldenRatio.upperBits(fingerprint, Integer.SIZE);
    }
}
