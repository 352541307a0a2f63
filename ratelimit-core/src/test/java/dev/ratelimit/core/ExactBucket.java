package dev.ratelimit.core;

import dev.ratelimit.Rate;
import java.math.BigInteger;

/**
 * The token bucket in exact arithmetic, written from its definition: the model that limiters are held against.
 *
 * <p>The level is counted in permits × period, in which a nanosecond adds {@code permits}. It knows nothing of positions,
 * units or wrapping, and may be told to refill more slowly by a fraction.
 */
public final class ExactBucket {

    private final BigInteger refillPerNano;
    private final BigInteger permit;
    private final BigInteger full;

    /** The instant at which the bucket is (or was) full, times the refill. */
    private BigInteger fullAt = BigInteger.ZERO;

    public ExactBucket(Rate rate) {
        this(rate, BigInteger.ONE, BigInteger.ONE);
    }

    /** A bucket that refills at a fraction of its rate. */
    public ExactBucket(Rate rate, BigInteger numerator, BigInteger denominator) {
        refillPerNano = BigInteger.valueOf(rate.permits()).multiply(numerator);
        permit = BigInteger.valueOf(rate.period().toNanos()).multiply(denominator);
        full = permit.multiply(BigInteger.valueOf(rate.capacity()));
        reset();
    }

    private BigInteger missing(long now) {
        return fullAt.subtract(refillPerNano.multiply(BigInteger.valueOf(now))).max(BigInteger.ZERO);
    }

    public boolean admits(long now, long permits) {
        return missing(now).add(permit.multiply(BigInteger.valueOf(permits))).compareTo(full) <= 0;
    }

    public boolean take(long now, long permits) {
        if (!admits(now, permits)) {
            return false;
        }
        charge(now, permits);
        return true;
    }

    /** Takes permits whether they are there or not. */
    public void charge(long now, long permits) {
        BigInteger debt = missing(now).add(permit.multiply(BigInteger.valueOf(permits)));
        fullAt = refillPerNano.multiply(BigInteger.valueOf(now)).add(debt);
    }

    /** Gives permits back. A bucket that is full again is as one never used, also when time goes back. */
    public void refund(long now, long permits) {
        BigInteger debt = missing(now).subtract(permit.multiply(BigInteger.valueOf(permits)));
        if (debt.signum() <= 0) {
            reset();
        } else {
            fullAt = refillPerNano.multiply(BigInteger.valueOf(now)).add(debt);
        }
    }

    public final void reset() {
        fullAt = refillPerNano.multiply(BigInteger.valueOf(Long.MIN_VALUE));
    }

    public long remaining(long now) {
        return full.subtract(missing(now)).max(BigInteger.ZERO).divide(permit).longValueExact();
    }

    /** The nanoseconds until so many permits are there; not above the capacity. */
    public long wait(long now, long permits) {
        return ceiling(missing(now)
                .add(permit.multiply(BigInteger.valueOf(permits)))
                .subtract(full)
                .max(BigInteger.ZERO));
    }

    public long untilFull(long now) {
        return ceiling(missing(now));
    }

    private long ceiling(BigInteger level) {
        return level.add(refillPerNano)
                .subtract(BigInteger.ONE)
                .divide(refillPerNano)
                .longValueExact();
    }
}
