package dev.ratelimit;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A decision is a limiter's answer to one request: whether the request is allowed, why not, and what is left.
 *
 * <p>All figures hold for the instant at which the limiter decided. Another caller may have taken permits since. Times
 * are whole nanoseconds, rounded up: the answer changes after exactly that time, and not a nanosecond earlier, if no
 * other caller takes permits.
 *
 * <p>Immutable and thread-safe.
 */
public final class Decision {

    /** The wait of a request that can never be allowed: {@link ChronoUnit#FOREVER}. */
    public static final Duration NEVER = ChronoUnit.FOREVER.getDuration();

    private static final long NEVER_NANOS = Long.MAX_VALUE;

    /** The reason for a decision. */
    public enum Reason {
        /** The budget had the permits. */
        WITHIN_LIMIT,
        /** The budget had fewer permits than the request asked for. It has them after {@link Decision#retryAfter()}. */
        OVER_LIMIT,
        /** The request asked for more permits than the capacity. It can never be allowed. */
        EXCEEDS_CAPACITY,
        /** The key is new, and keys in debt hold every place that it could have. */
        SATURATED,
        /**
         * The key is in a blackout, because it exceeded a limit earlier, or because the application called for it
         * ({@link Limiter#blackout}); after
         * {@link Decision#retryAfter()} the same request can be allowed.
         */
        BLACKOUT,
        /** The policy allows nothing. The request can never be allowed. */
        BLOCKED,
        /** The key holds as many leases as it may at once. The limiter cannot tell when one is closed. */
        TOO_MANY_CONCURRENT,
        /** The request would have to wait for permits or a lease, and the maximum number of calls waits already. */
        TOO_MANY_WAITING
    }

    /** The name of the policy of limiters that were built without one. */
    public static final String DEFAULT_POLICY = "default";

    private final Reason reason;
    private final String policy;
    private final @Nullable Rate rate;
    private final long remaining;

    /**
     * The delay of an allowed request, or the retry-after of a refused one. One field for both keeps the object small.
     */
    private final long waitNanos;

    private final long resetAfterNanos;

    /** The decisions of all limits of a composition; null for the decision of a single limit. */
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
     * Returns a decision that allows.
     *
     * @param rate the rate that decided
     * @param remaining the permits left
     * @param resetAfterNanos the nanoseconds until the budget is full again
     * @return the decision
     */
    public static Decision allowed(Rate rate, long remaining, long resetAfterNanos) {
        return byRate(Reason.WITHIN_LIMIT, rate, remaining, 0, resetAfterNanos);
    }

    /**
     * Returns a decision that refuses now, and says after what time to try again.
     *
     * @param reason a reason that ends with time: {@link Reason#OVER_LIMIT}, {@link Reason#SATURATED},
     *     {@link Reason#BLACKOUT} or {@link Reason#TOO_MANY_WAITING}
     * @param rate the rate that decided
     * @param remaining the permits left now, fewer than the request asked for
     * @param retryAfterNanos the nanoseconds after which the same request would be allowed
     * @param resetAfterNanos the nanoseconds until the budget is full again
     * @return the decision
     */
    public static Decision refused(
            Reason reason, Rate rate, long remaining, long retryAfterNanos, long resetAfterNanos) {
        switch (reason) {
            case OVER_LIMIT, SATURATED, BLACKOUT, TOO_MANY_WAITING -> {}
            default ->
                throw new IllegalArgumentException(reason + " is not a reason of this method:"
                        + " for others use exceedsCapacity, blocked or tooManyConcurrent");
        }
        return byRate(reason, rate, remaining, retryAfterNanos, resetAfterNanos);
    }

    /**
     * Returns a decision that refuses for ever, because the request asked for more permits than the capacity.
     *
     * @param rate the rate that decided
     * @param remaining the permits left now
     * @param resetAfterNanos the nanoseconds until the budget is full again
     * @return the decision
     */
    public static Decision exceedsCapacity(Rate rate, long remaining, long resetAfterNanos) {
        return byRate(Reason.EXCEEDS_CAPACITY, rate, remaining, NEVER_NANOS, resetAfterNanos);
    }

    /**
     * Returns the decision of a policy that limits no rate, which allows.
     *
     * @return the decision; its remaining permits are {@link Long#MAX_VALUE}
     */
    public static Decision unlimited() {
        return new Decision(Reason.WITHIN_LIMIT, DEFAULT_POLICY, null, Long.MAX_VALUE, 0, 0, null);
    }

    /**
     * Returns the decision that refuses in a blackout, of a policy that limits no rate.
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
     * @return the decision, which refuses for ever
     */
    public static Decision blocked() {
        return new Decision(Reason.BLOCKED, DEFAULT_POLICY, null, 0, NEVER_NANOS, 0, null);
    }

    /**
     * Returns a decision that refuses because the key holds too many leases at once.
     *
     * @return the decision; its retry-after is zero, because the limiter cannot tell when a lease is closed
     */
    public static Decision tooManyConcurrent() {
        return new Decision(Reason.TOO_MANY_CONCURRENT, DEFAULT_POLICY, null, 0, 0, 0, null);
    }

    /**
     * Returns a decision that refuses because the maximum number of callers waits for a lease already.
     *
     * @return the decision; its retry-after is zero, because the limiter cannot tell when a lease is closed
     */
    public static Decision tooManyWaiting() {
        return new Decision(Reason.TOO_MANY_WAITING, DEFAULT_POLICY, null, 0, 0, 0, null);
    }

    /**
     * Returns this decision with the name of the policy that decided.
     *
     * @param policy the name of the policy
     * @return the decision
     */
    public Decision withPolicy(String policy) {
        Objects.requireNonNull(policy, "policy");
        return new Decision(reason, policy, rate, remaining, waitNanos, resetAfterNanos, parts);
    }

    /**
     * Returns this decision for a request that is allowed after a delay.
     *
     * @param nanos the nanoseconds after which the request may go on, zero or more
     * @return the decision
     * @throws IllegalArgumentException if the delay is negative, or the request was refused
     */
    public Decision withDelay(long nanos) {
        if (nanos < 0 || !allowed()) {
            throw new IllegalArgumentException(
                    "a delay must be at least 0 ns, and of an allowed request, but was " + nanos + " ns of: " + this);
        }
        return new Decision(reason, policy, rate, remaining, nanos, resetAfterNanos, parts);
    }

    /**
     * Returns whether the request is allowed (or, from {@code peek}, would be).
     *
     * @return whether the request may go on
     */
    public boolean allowed() {
        return reason == Reason.WITHIN_LIMIT;
    }

    /**
     * Returns the reason for the decision.
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
     * Returns the rate that decided: the one that refused, or else the one with the fewest permits left.
     *
     * @return the rate as the caller configured it; empty if the policy has no rate, or no rate had a part in the
     *     decision
     */
    public Optional<Rate> rate() {
        return Optional.ofNullable(rate);
    }

    /**
     * Returns the most permits that a single request could ever take.
     *
     * @return the capacity of the {@linkplain #rate() rate that decided}; {@link Long#MAX_VALUE} if there is none
     */
    public long capacity() {
        return rate == null ? Long.MAX_VALUE : rate.capacity();
    }

    /**
     * Returns the permits left: after the request if it was allowed, now if it was refused.
     *
     * @return whole permits, from 0 to the capacity
     */
    public long remaining() {
        return remaining;
    }

    /**
     * Returns the time after which the same request would be allowed.
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
     * Returns {@link #retryAfter()} in whole seconds, for a {@code Retry-After} field.
     *
     * @return the seconds, rounded up: zero if the request was allowed, at least 1 if it was refused, because zero
     *     would tell the client to try again at once; empty for never
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
     * Returns the time after which the budget is full again, if no caller takes more permits.
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
     * Returns the time after which an allowed request may go on. It is zero unless the request was allowed for a later
     * instant.
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
     * @return for a composition, one decision for each limit, with the name of its policy, in the order in which the
     *     limits decided; for a single limit, this decision alone
     */
    public List<Decision> parts() {
        return parts == null ? List.of(this) : parts;
    }

    /**
     * Returns this decision as the decision of a composition.
     *
     * @param parts the decision of each limit of the composition, at least one
     * @return the decision
     * @throws IllegalArgumentException if {@code parts} is empty
     */
    public Decision withParts(List<Decision> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("parts must not be empty: a composition has at least one limit");
        }
        return new Decision(reason, policy, rate, remaining, waitNanos, resetAfterNanos, List.copyOf(parts));
    }

    /**
     * Returns the decision for a person to read, such as {@code refused (over limit), 0 of 5 left, retry after PT1S}.
     */
    @Override
    public String toString() {
        return DecisionText.of(this);
    }
}
