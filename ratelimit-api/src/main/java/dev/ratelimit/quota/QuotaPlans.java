package dev.ratelimit.quota;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Quota plans are the plans of keys, as a resolver names them, and how long its answers hold.
 *
 * <pre>{@code
 * QuotaPlans plans = QuotaPlans.of(directory::planOf, FREE)
 *         .maxAge(Duration.ofMinutes(5))
 *         .onFallback(report -> log.warn(report.toString()));
 * }</pre>
 *
 * <p><b>Answers.</b> An answer is remembered for {@link #maxAge(Duration)}; the next call after that asks the resolver
 * again. {@link QuotaService#planChanged(String)} has it asked at once. Calls for one key that come while it is asked
 * wait for that one answer.
 *
 * <p><b>A change of plan keeps what was used</b>, quota by quota: a quota of the same name, whose window has the same
 * length and start, goes on with its count under the new limit. One with another window counts from zero in that
 * window; what was used in the old one is there again if the key goes back before its end. That goes for a start that
 * is the key's own, too ({@link CalendarWindow#startingFrom}): it is not remembered beyond the answer. So it must come
 * from where the contract is kept, and never from the time of now, or each answer gives the whole amount again.
 *
 * <p><b>Failures.</b> Where the resolver throws or returns null, the key keeps its last known plan, and has the
 * default plan if none is known. This is reported, and the resolver is asked for that key again only after
 * {@link #retryAfter(Duration)}. A thread that is interrupted before the resolver has answered gets the last known plan; if none
 * is known, a {@link QuotaUnavailableException} says that nothing was counted. An {@link Error} is a failure for all
 * other callers, and reaches the one on whose thread it was thrown.
 *
 * <p><b>Memory.</b> {@link #maxEntries(int)} keys are remembered, by 64 bits each, with their plans: some 500 bytes
 * for each key. A key that is asked for seldom is forgotten before one that is asked for often.
 *
 * <p>Immutable and thread-safe, as far as its functions are. Each service that is built with it remembers answers of
 * its own.
 */
public final class QuotaPlans {

    /** The number of keys whose plans are remembered, unless it is set: 10,000. */
    public static final int DEFAULT_MAX_ENTRIES = 10_000;

    private static final int MAX_ENTRIES = 100_000_000;
    private static final Duration DEFAULT_MAX_AGE = Duration.ofMinutes(1);
    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration MAX = Duration.ofDays(365);

    private final QuotaPlanResolver resolver;
    private final QuotaPlan fallback;
    private final int maxEntries;
    private final Duration maxAge;
    private final Duration retryAfter;
    private final Consumer<? super QuotaPlanFallback> onFallback;

    private QuotaPlans(
            QuotaPlanResolver resolver,
            QuotaPlan fallback,
            int maxEntries,
            Duration maxAge,
            Duration retryAfter,
            Consumer<? super QuotaPlanFallback> onFallback) {
        this.resolver = resolver;
        this.fallback = fallback;
        this.maxEntries = maxEntries;
        this.maxAge = maxAge;
        this.retryAfter = retryAfter;
        this.onFallback = onFallback;
    }

    /**
     * Returns the plans that a resolver names: remembered for a minute, for 10,000 keys, and asked for again a second
     * after a failure, which nobody is told of.
     *
     * @param resolver the resolver
     * @param fallback the plan of a key of which nothing is known while the resolver fails
     * @return the plans
     */
    public static QuotaPlans of(QuotaPlanResolver resolver, QuotaPlan fallback) {
        return new QuotaPlans(
                Objects.requireNonNull(resolver, "resolver"),
                Objects.requireNonNull(fallback, "fallback"),
                DEFAULT_MAX_ENTRIES,
                DEFAULT_MAX_AGE,
                DEFAULT_RETRY_AFTER,
                report -> {});
    }

    /**
     * Returns these plans with another bound on how many keys are remembered.
     *
     * @param maxEntries from 1 to 100,000,000
     * @return the plans
     * @throws IllegalArgumentException if it is out of range
     */
    public QuotaPlans maxEntries(int maxEntries) {
        if (maxEntries < 1 || maxEntries > MAX_ENTRIES) {
            throw new IllegalArgumentException("maxEntries must be 1 to " + MAX_ENTRIES + ", but was " + maxEntries);
        }
        return new QuotaPlans(resolver, fallback, maxEntries, maxAge, retryAfter, onFallback);
    }

    /**
     * Returns these plans with another time for which an answer is remembered: a change of plan binds after it at the
     * latest.
     *
     * @param maxAge more than zero, at most 365 days
     * @return the plans
     * @throws IllegalArgumentException if it is out of range
     */
    public QuotaPlans maxAge(Duration maxAge) {
        return new QuotaPlans(resolver, fallback, maxEntries, checked("maxAge", maxAge), retryAfter, onFallback);
    }

    /**
     * Returns these plans with another time after which the resolver is asked again for a key for which it failed.
     *
     * @param retryAfter more than zero, at most 365 days
     * @return the plans
     * @throws IllegalArgumentException if it is out of range
     */
    public QuotaPlans retryAfter(Duration retryAfter) {
        return new QuotaPlans(resolver, fallback, maxEntries, maxAge, checked("retryAfter", retryAfter), onFallback);
    }

    /**
     * Returns these plans with a function that is told of each failure of the resolver, on the thread that asked. What
     * it throws, but for an {@link Error}, is ignored.
     *
     * @param onFallback the function
     * @return the plans
     */
    public QuotaPlans onFallback(Consumer<? super QuotaPlanFallback> onFallback) {
        return new QuotaPlans(
                resolver, fallback, maxEntries, maxAge, retryAfter, Objects.requireNonNull(onFallback, "onFallback"));
    }

    private static Duration checked(String name, Duration value) {
        if (value.isZero() || value.isNegative() || value.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(name + " must be more than zero and at most 365 days, but was " + value);
        }
        return value;
    }

    /**
     * Returns who names plans.
     *
     * @return the resolver
     */
    public QuotaPlanResolver resolver() {
        return resolver;
    }

    /**
     * Returns the plan of a key of which nothing is known while the resolver fails.
     *
     * @return the default plan
     */
    public QuotaPlan fallback() {
        return fallback;
    }

    /**
     * Returns how many keys are remembered.
     *
     * @return at least 1
     */
    public int maxEntries() {
        return maxEntries;
    }

    /**
     * Returns how long an answer is remembered.
     *
     * @return more than zero
     */
    public Duration maxAge() {
        return maxAge;
    }

    /**
     * Returns after which time the resolver is asked again for a key for which it failed.
     *
     * @return more than zero
     */
    public Duration retryAfter() {
        return retryAfter;
    }

    /**
     * Returns who is told of failures.
     *
     * @return the function
     */
    public Consumer<? super QuotaPlanFallback> onFallback() {
        return onFallback;
    }

    @Override
    public String toString() {
        return "QuotaPlans[" + maxEntries + " keys for " + maxAge + ", fallback " + fallback.name() + "]";
    }
}
