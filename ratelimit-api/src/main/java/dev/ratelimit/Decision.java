package dev.ratelimit;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * A limiter's answer: whether it admitted, why not, and what is left.
 *
 * <p>All figures hold for the instant at which the limiter decided; another caller may have taken permits since.
 * Times are whole nanoseconds, rounded up: after exactly that time, and no nanosecond before, the answer changes if
 * nobody else takes permits.
 *
 * <p>Immutable and thread-safe.
 */
public final class Decision {

    /** The wait for what never comes: {@link ChronoUnit#FOREVER}. */
    public static final Duration NEVER = ChronoUnit.FOREVER.getDuration();

    private static final long NEVER_NANOS = Long.MAX_VALUE;

    /** Why a limiter answered as it did. */
    public enum Reason {
        /** The permits were there. */
        WITHIN_LIMIT,
        /** The permits were not all there; they will be after {@link Decision#retryAfter()}. */
        OVER_LIMIT,
        /** More permits than the capacity were asked for: never, not later. */
        EXCEEDS_CAPACITY,
        /** The key is new, and every place that it could have is held by a key in debt. */
        SATURATED
    }

    private final Reason reason;
    private final Rate rate;
    private final long remaining;
    private final long retryAfterNanos;
    private final long resetAfterNanos;

    private Decision(Reason reason, Rate rate, long remaining, long retryAfterNanos, long resetAfterNanos) {
        this.reason = reason;
        this.rate = rate;
        this.remaining = remaining;
        this.retryAfterNanos = retryAfterNanos;
        this.resetAfterNanos = resetAfterNanos;
    }

    /**
     * Returns the answer that admits.
     *
     * @param rate the rate that was asked
     * @param remaining the permits left
     * @param resetAfterNanos the nanoseconds until the budget is full again
     * @return the answer
     */
    public static Decision admitted(Rate rate, long remaining, long resetAfterNanos) {
        return new Decision(Reason.WITHIN_LIMIT, rate, remaining, 0, resetAfterNanos);
    }

    /**
     * Returns the answer that refuses now, and says when to come again.
     *
     * @param reason {@link Reason#OVER_LIMIT} or {@link Reason#SATURATED}
     * @param rate the rate that was asked
     * @param remaining the permits there now, fewer than were asked for
     * @param retryAfterNanos the nanoseconds after which the same request would be admitted
     * @param resetAfterNanos the nanoseconds until the budget is full again
     * @return the answer
     */
    public static Decision refused(
            Reason reason, Rate rate, long remaining, long retryAfterNanos, long resetAfterNanos) {
        if (reason != Reason.OVER_LIMIT && reason != Reason.SATURATED) {
            throw new IllegalArgumentException("a refusal for a time is OVER_LIMIT or SATURATED, not " + reason);
        }
        return new Decision(reason, rate, remaining, retryAfterNanos, resetAfterNanos);
    }

    /**
     * Returns the answer that refuses for ever, because more than the capacity was asked for.
     *
     * @param rate the rate that was asked
     * @param remaining the permits there now
     * @param resetAfterNanos the nanoseconds until the budget is full again
     * @return the answer
     */
    public static Decision exceedsCapacity(Rate rate, long remaining, long resetAfterNanos) {
        return new Decision(Reason.EXCEEDS_CAPACITY, rate, remaining, NEVER_NANOS, resetAfterNanos);
    }

    /**
     * Returns whether the permits were granted (or, from {@code peek}, would be).
     *
     * @return whether the request may go on
     */
    public boolean allowed() {
        return reason == Reason.WITHIN_LIMIT;
    }

    /**
     * Returns why the limiter answered so.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Returns the rate that decided.
     *
     * @return the rate, as it was given
     */
    public Rate rate() {
        return rate;
    }

    /**
     * Returns the permits left: after the request if it was granted, now if not.
     *
     * @return whole permits, from 0 to the capacity
     */
    public long remaining() {
        return remaining;
    }

    /**
     * Returns after what time the same request would be granted.
     *
     * @return zero if it was granted, {@link #NEVER} if it exceeds the capacity
     */
    public Duration retryAfter() {
        return retryAfterNanos == NEVER_NANOS ? NEVER : Duration.ofNanos(retryAfterNanos);
    }

    /**
     * Returns {@link #retryAfter()} in nanoseconds.
     *
     * @return nanoseconds; zero if the request was granted, {@link Long#MAX_VALUE} for never
     */
    public long retryAfterNanos() {
        return retryAfterNanos;
    }

    /**
     * Returns after what time the budget is full again, if nobody takes more.
     *
     * @return the time, zero if it is full
     */
    public Duration resetAfter() {
        return Duration.ofNanos(resetAfterNanos);
    }

    /**
     * Returns {@link #resetAfter()} in nanoseconds.
     *
     * @return nanoseconds, zero if the budget is full
     */
    public long resetAfterNanos() {
        return resetAfterNanos;
    }

    /** Returns the answer for a person to read, such as {@code refused (over limit), 0 of 5 left, retry after PT1S}. */
    @Override
    public String toString() {
        String left = remaining + " of " + rate.capacity() + " left";
        return switch (reason) {
            case WITHIN_LIMIT -> "admitted, " + left + ", full after " + resetAfter();
            case OVER_LIMIT -> "refused (over limit), " + left + ", retry after " + retryAfter();
            case EXCEEDS_CAPACITY -> "refused (more than the capacity), " + left + ", retry never";
            case SATURATED -> "refused (no place for a new key), retry after " + retryAfter();
        };
    }
}
