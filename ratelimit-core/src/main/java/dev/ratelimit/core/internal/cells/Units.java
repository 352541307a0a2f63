package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Rate;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The units in which positions of a rate are counted: a permit is {@code perPermit} units, and the rate's clock emits
 * {@code perNano} units a nanosecond.
 *
 * <p><b>Exact units.</b> A rate is a fraction of permits per nanosecond, in lowest terms p/d: 1000/s is 1/1,000,000.
 * With d units to the permit, the clock emits p units a nanosecond, its reading is p × now, and nothing is ever
 * rounded.
 *
 * <p><b>Room.</b> A position is unambiguous up to 2<sup>55</sup> units before and after it. The debt of a whole
 * capacity must fit, and also the time between sweeps. With the interval I between two sweeps (see {@link Horizon}),
 * (capacity + delay) × d + 8 × I × p &lt; 2<sup>55</sup>, where the delay is the number of permits by which
 * reservations may exceed a whole capacity. That leaves more than 400 days of a slow rate.
 *
 * <p><b>Odd fractions.</b> If p is too large for that (above about 4 × 10<sup>6</sup>, where the interval would be
 * under a second), the best fraction below p/d with a smaller numerator replaces it. It is found in the Stern–Brocot
 * tree (Graham, Knuth, Patashnik, <i>Concrete Mathematics</i>, 4.5), is never above the rate, and at most 1 in
 * 10<sup>9</sup> below. If no such fraction exists, shorter intervals are tried, down to a millisecond. After that the
 * rate is rejected.
 *
 * @param perPermit the units of a permit, d
 * @param perNano the units that the clock emits in a nanosecond, p
 * @param sweepNanos the longest time between two sweeps, I; a power of two, so that one mask detects both times that
 *     are too early and times that are too late
 */
record Units(long perPermit, long perNano, long sweepNanos) {

    private static final BigInteger ROOM = BigInteger.ONE.shiftLeft(55).subtract(BigInteger.ONE);
    private static final BigInteger TOLERANCE = BigInteger.valueOf(1_000_000_000);
    private static final long MAX_INTERVAL = 1 << 30;
    private static final long SHORTEST_INTERVAL = 1 << 20;

    /**
     * About ten hours: rare enough, and it leaves nearly all of the room for debts that are converted from another
     * rate.
     */
    private static final long MAX_USED = 1L << 45;

    static Units of(Rate rate) {
        return of(rate, 0);
    }

    /**
     * Returns the units of a rate whose permits may be reserved up to {@code maxDelay} nanoseconds ahead.
     *
     * @throws IllegalArgumentException if there are none; the message names the argument that is too large, and a value
     *     that works
     */
    static Units of(Rate rate, long maxDelay) {
        Units units = fitting(rate, maxDelay);
        if (units == null) {
            throw RateOutOfRange.error(rate, maxDelay);
        }
        return units;
    }

    /** Returns the same units; null if there are none. */
    static @Nullable Units fitting(Rate rate, long maxDelay) {
        Fraction exact = Fraction.reduced(rate.permits(), rate.period().toNanos());
        BigInteger capacity = BigInteger.valueOf(rate.capacity());
        for (long interval = MAX_INTERVAL; interval >= SHORTEST_INTERVAL; interval /= 2) {
            BigInteger largest = maxNumerator(exact, capacity, maxDelay + 8 * interval);
            Fraction kept = exact.bestBelow(largest);
            if (isCloseEnough(kept, exact)) {
                return withRoomShared(kept, capacity, maxDelay);
            }
        }
        return null;
    }

    /** Returns the largest p' for which ceil(p' d/p) × capacity + nanos × p' has room; p itself if it has room. */
    private static BigInteger maxNumerator(Fraction exact, BigInteger capacity, long nanos) {
        BigInteger p = exact.numerator();
        BigInteger d = exact.denominator();
        BigInteger sweeps = BigInteger.valueOf(nanos);
        if (capacity.multiply(d).add(sweeps.multiply(p)).compareTo(ROOM) <= 0) {
            return p;
        }
        // One capacity less, because the denominator that goes with p' is rounded up.
        BigInteger room = ROOM.subtract(capacity).max(BigInteger.ZERO);
        return room.multiply(p)
                .divide(capacity.multiply(d).add(sweeps.multiply(p)))
                .min(p);
    }

    private static boolean isCloseEnough(Fraction kept, Fraction exact) {
        // p/d - p'/d' <= p/d / 10^9, multiplied out
        BigInteger lost = exact.numerator()
                .multiply(kept.denominator())
                .subtract(kept.numerator().multiply(exact.denominator()));
        return lost.multiply(TOLERANCE).compareTo(exact.numerator().multiply(kept.denominator())) <= 0;
    }

    private static Units withRoomShared(Fraction kept, BigInteger capacity, long maxDelay) {
        BigInteger free = ROOM.subtract(capacity.multiply(kept.denominator()))
                .subtract(kept.numerator().multiply(BigInteger.valueOf(maxDelay)));
        long interval = free.divide(kept.numerator().shiftLeft(3)).longValueExact();
        return new Units(
                kept.denominator().longValueExact(),
                kept.numerator().longValueExact(),
                Math.min(MAX_USED, Long.highestOneBit(interval)));
    }
}
