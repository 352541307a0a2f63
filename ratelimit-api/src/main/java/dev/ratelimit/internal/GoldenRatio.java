package dev.ratelimit.internal;

/** Multiplication by 2<sup>64</sup> divided by the golden ratio, which spreads numbers that are close to each other. */
public final class GoldenRatio {

    /** The odd number next to 2<sup>64</sup> divided by the golden ratio. */
    public static final long FRACTION = 0x9E37_79B9_7F4A_7C15L;

    private GoldenRatio() {}

    /**
     * Returns the upper bits of a number's product with the fraction.
     *
     * @param number the number
     * @param bits the number of bits, 1 to 32
     * @return the bits
     */
    public static int upperBits(long number, int bits) {
        return (int) ((number * FRACTION) >>> (Long.SIZE - bits));
    }
}
