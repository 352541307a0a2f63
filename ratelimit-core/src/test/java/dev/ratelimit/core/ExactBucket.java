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

    /** The same, of a bucket that was never used. */
    private BigInteger neverUsed;

    public ExactBucket(Rate rate) {
        this(rate, BigInteger.ONE, BigInteger.ONE);
    }

    /** A bucket that refills at a fraction of its rate. */
    public ExactBucket(Rate rate, BigInteger numerator, BigInteger denominator) {
        refillPerNano = BigInteger.valueOf(rate.permits()).multiply(numerator);
        permit = BigInteger.valueOf(rate.period().toNanos()).multiply(denominator);
        full = permit.multiply(BigInteger.valueOf(rate.capacity()));
        neverUsed = refillPerNano.multiply(BigInteger.valueOf(Long.MIN_VALUE));
        reset();
    }

    /** A bucket of its own with the same debt. */
    public ExactBucket copy() {
        ExactBucket copy = new ExactBucket(refillPerNano, permit, full);
        copy.neverUsed = neverUsed;
        copy.fullAt = fullAt;
        return copy;
    }

    private ExactBucket(BigInteger refillPerNano, BigInteger permit, BigInteger full) {
        this.refillPerNano = refillPerNano;
        this.permit = permit;
        this.full = full;
        this.neverUsed = BigInteger.ZERO;
    }

    /** Makes it a bucket that has so many permits at an instant, as long as it is not used. */
    public ExactBucket startingWith(long permits, long instant) {
        neverUsed = refillPerNano
                .multiply(BigInteger.valueOf(instant))
                .add(full.subtract(permit.multiply(BigInteger.valueOf(permits))));
        reset();
        return this;
    }

    private BigInteger missing(long now) {
        return fullAt.subtract(refillPerNano.multiply(BigInteger.valueOf(now))).max(BigInteger.ZERO);
    }

    public boolean allows(long now, long permits) {
        return missing(now).add(permit.multiply(BigInteger.valueOf(permits))).compareTo(full) <= 0;
    }

    public boolean take(long now, long permits) {
        if (!allows(now, permits)) {
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

    /**
     * Gives permits back, a capacity at most, as if they had not been taken; a bucket that is full stays as it is, also when time
     * goes back.
     */
    public void refund(long now, long permits) {
        if (missing(now).signum() > 0) {
            fullAt = fullAt.subtract(
                            permit.multiply(BigInteger.valueOf(permits)).min(full))
                    .max(neverUsed);
        }
    }

    public final void reset() {
        fullAt = neverUsed;
    }

    public long remaining(long now) {
        return full.subtract(missing(now)).max(BigInteger.ZERO).divide(permit).longValueExact();
    }

    /** The permits that are missing to a full bucket, rounded up. */
    public long owed(long now) {
        return missing(now).add(permit).subtract(BigInteger.ONE).divide(permit).longValueExact();
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
