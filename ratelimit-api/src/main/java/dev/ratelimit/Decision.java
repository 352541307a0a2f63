package dev.ratelimit;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A limiter's answer: whether it allowed, why not, and what is left.
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
        SATURATED,
        /**
         * The key is in a blackout, because it was over a limit before, or because the application called for it
         * ({@link Limiter#blackout}); after {@link Decision#retryAfter()} the same request can be allowed.
         */
        BLACKOUT,
        /** The policy allows nothing: never, not later. */
        BLOCKED,
        /** The key holds as many leases as it may at once; when one is closed cannot be foreseen. */
        TOO_MANY_CONCURRENT,
        /** The permits, or the lease, would have to be waited for, and as many calls wait as may. */
        TOO_MANY_WAITING
    }

    /** The name of the policy of limiters that were built without one. */
    public static final String DEFAULT_POLICY = "default";

    private final Reason reason;
    private final String policy;
    private final @Nullable Rate rate;
    private final long remaining;

    /** The delay of a request that is allowed, the wait of one that is refused: one field keeps the object small. */
    private final long waitNanos;

    private final long resetAfterNanos;

    /** The decisions of all limits of a composition; null for that of a single limit. */
    private final @Nullable List<Decision> parts;

    private Decision(
            Reason reason,
            String policy,
            @Nullable Rate rate,
            long remaining,
            long waitNanos,
            long resetAfterNanos,
            @Nullable List<Decision> parts) {
        this.reason = reason;
        this.policy = policy;
        this.rate = rate;
        this.remaining = remaining;
        this.waitNanos = waitNanos;
        this.resetAfterNanos = resetAfterNanos;
        this.parts = parts;
    }

    private static Decision byRate(
            Reason reason, Rate rate, long remaining, long retryAfterNanos, long resetAfterNanos) {
        Objects.requireNonNull(rate, "rate");
        return new Decision(reason, DEFAULT_POLICY, rate, remaining, retryAfterNanos, resetAfterNanos, null);
    }

    /**
     * Returns the answer that allows.
     *
     * @param rate the rate that was asked
     * @param remaining the permits left
     * @param resetAfterNanos the nanoseconds until the budget is full again
     * @return the answer
     */
    public static Decision allowed(Rate rate, long remaining, long resetAfterNanos) {
        return byRate(Reason.WITHIN_LIMIT, rate, remaining, 0, resetAfterNanos);
    }

    /**
     * Returns the answer that refuses now, and says when to come again.
     *
     * @param reason one for a time: {@link Reason#OVER_LIMIT}, {@link Reason#SATURATED}, {@link Reason#BLACKOUT} or
     *     {@link Reason#TOO_MANY_WAITING}
     * @param rate the rate that was asked
     * @param remaining the permits there now, fewer than were asked for
     * @param retryAfterNanos the nanoseconds after which the same request would be allowed
     * @param resetAfterNanos the nanoseconds until the budget is full again
     * @return the answer
     */
    public static Decision refused(
            Reason reason, Rate rate, long remaining, long retryAfterNanos, long resetAfterNanos) {
        switch (reason) {
            case OVER_LIMIT, SATURATED, BLACKOUT, TOO_MANY_WAITING -> {}
            default ->
                throw new IllegalArgumentException(reason + " is no refusal by a rate for a time:"
                        + " for others there are exceedsCapacity, blocked and tooManyConcurrent");
        }
        return byRate(reason, rate, remaining, retryAfterNanos, resetAfterNanos);
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
        return byRate(Reason.EXCEEDS_CAPACITY, rate, remaining, NEVER_NANOS, resetAfterNanos);
    }

    /**
     * Returns the answer that allows, of a policy that limits no rate.
     *
     * @return the answer; what remains is {@link Long#MAX_VALUE}
     */
    public static Decision unlimited() {
        return new Decision(Reason.WITHIN_LIMIT, DEFAULT_POLICY, null, Long.MAX_VALUE, 0, 0, null);
    }

    /**
     * Returns the answer that refuses in a blackout, of a policy that limits no rate.
     *
     * @param retryAfterNanos the nanoseconds after which the same request would be allowed, at least 1
     * @return the answer
     * @throws IllegalArgumentException if the time is below 1 ns
     */
    public static Decision blackout(long retryAfterNanos) {
        if (retryAfterNanos < 1) {
            throw new IllegalArgumentException("retryAfterNanos must be at least 1, but was " + retryAfterNanos);
        }
        return new Decision(Reason.BLACKOUT, DEFAULT_POLICY, null, 0, retryAfterNanos, retryAfterNanos, null);
    }

    /**
     * Returns the answer of a policy that allows nothing.
     *
     * @return the answer, which refuses for ever
     */
    public static Decision blocked() {
        return new Decision(Reason.BLOCKED, DEFAULT_POLICY, null, 0, NEVER_NANOS, 0, null);
    }

    /**
     * Returns the answer that refuses because too many leases are held at once.
     *
     * @return the answer; nobody knows when to come again, so it says at once
     */
    public static Decision tooManyConcurrent() {
        return new Decision(Reason.TOO_MANY_CONCURRENT, DEFAULT_POLICY, null, 0, 0, 0, null);
    }

    /**
     * Returns the answer that refuses because as many callers wait for a lease as may.
     *
     * @return the answer; nobody knows when to come again, so it says at once
     */
    public static Decision tooManyWaiting() {
        return new Decision(Reason.TOO_MANY_WAITING, DEFAULT_POLICY, null, 0, 0, 0, null);
    }

    /**
     * Returns this answer as that of a policy.
     *
     * @param policy the name of the policy
     * @return the answer
     */
    public Decision withPolicy(String policy) {
        Objects.requireNonNull(policy, "policy");
        return new Decision(reason, policy, rate, remaining, waitNanos, resetAfterNanos, parts);
    }

    /**
     * Returns this answer for a request that is allowed after a delay.
     *
     * @param nanos the nanoseconds after which it may go on, zero or more
     * @return the answer
     * @throws IllegalArgumentException if the delay is negative, or the request was refused
     */
    public Decision withDelay(long nanos) {
        if (nanos < 0 || !allowed()) {
            throw new IllegalArgumentException(
                    "a delay is at least 0 ns, and of a request that was allowed; not " + nanos + " ns of: " + this);
        }
        return new Decision(reason, policy, rate, remaining, nanos, resetAfterNanos, parts);
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
     * Returns the name of the policy that decided.
     *
     * @return the name; {@link #DEFAULT_POLICY} if the limiter was built without a policy
     */
    public String policy() {
        return policy;
    }

    /**
     * Returns the rate that decided: that which refused, or of which the least is left.
     *
     * @return the rate, as it was given; empty if the policy has none, or it had no part in the answer
     */
    public Optional<Rate> rate() {
        return Optional.ofNullable(rate);
    }

    /**
     * Returns the most permits that could ever be allowed at once.
     *
     * @return the capacity of the {@linkplain #rate() rate that decided}; {@link Long#MAX_VALUE} if there is none
     */
    public long capacity() {
        return rate == null ? Long.MAX_VALUE : rate.capacity();
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
     * Returns after what time the same request would be allowed.
     *
     * @return zero if it was allowed or may be at any time, {@link #NEVER} if it exceeds the capacity or is blocked
     */
    public Duration retryAfter() {
        long nanos = retryAfterNanos();
        return nanos == NEVER_NANOS ? NEVER : Duration.ofNanos(nanos);
    }

    /**
     * Returns {@link #retryAfter()} in nanoseconds.
     *
     * @return nanoseconds; zero if the request was allowed, {@link Long#MAX_VALUE} for never
     */
    public long retryAfterNanos() {
        return allowed() ? 0 : waitNanos;
    }

    /**
     * Returns {@link #retryAfter()} in whole seconds, as a {@code Retry-After} field has it.
     *
     * @return the seconds, rounded up: zero if the request was allowed, at least 1 if it was refused, because zero would
     *     invite the client to come again at once; empty for never
     */
    public OptionalLong retryAfterSeconds() {
        if (allowed()) {
            return OptionalLong.of(0);
        }
        return waitNanos == NEVER_NANOS
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(1, (waitNanos - 1) / 1_000_000_000 + 1));
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

    /**
     * Returns after what time the request may go on: other than zero only where it was allowed ahead of time.
     *
     * @return the delay
     */
    public Duration delay() {
        return Duration.ofNanos(delayNanos());
    }

    /**
     * Returns {@link #delay()} in nanoseconds.
     *
     * @return nanoseconds, zero if the request may go on at once
     */
    public long delayNanos() {
        return allowed() ? waitNanos : 0;
    }

    /**
     * Returns the decision of each limit that had a part in this one.
     *
     * @return one for each limit of a composition, in the order in which they were asked, with the name of its policy; for
     *     the decision of a single limit, this decision alone
     */
    public List<Decision> parts() {
        return parts == null ? List.of(this) : parts;
    }

    /**
     * Returns this decision as that of a composition.
     *
     * @param parts the decision of each limit of the composition, at least one
     * @return the answer
     * @throws IllegalArgumentException if there are none
     */
    public Decision withParts(List<Decision> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("parts must not be empty: a composition has at least one limit");
        }
        return new Decision(reason, policy, rate, remaining, waitNanos, resetAfterNanos, List.copyOf(parts));
    }

    /** Returns the answer for a person to read, such as {@code refused (over limit), 0 of 5 left, retry after PT1S}. */
    @Override
    public String toString() {
        if (rate == null) {
            return switch (reason) {
                case WITHIN_LIMIT -> "allowed, unlimited";
                case BLACKOUT -> "refused (blackout), retry after " + retryAfter();
                case TOO_MANY_CONCURRENT -> "refused (too many concurrent)";
                case TOO_MANY_WAITING -> "refused (too many waiting)";
                default -> "refused (blocked), retry never";
            };
        }
        String left = remaining + " of " + rate.capacity() + " left";
        String retry = ", retry after " + retryAfter();
        return switch (reason) {
            case WITHIN_LIMIT ->
                "allowed" + (waitNanos == 0 ? "" : " after " + delay()) + ", " + left + ", full after " + resetAfter();
            case EXCEEDS_CAPACITY -> "refused (more than the capacity), " + left + ", retry never";
            case SATURATED -> "refused (no place for a new key)" + retry;
            case BLACKOUT -> "refused (blackout)" + retry;
            case TOO_MANY_WAITING -> "refused (too many waiting), " + left + retry;
            default -> "refused (over limit), " + left + retry;
        };
    }
}
