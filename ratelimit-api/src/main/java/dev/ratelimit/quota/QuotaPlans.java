package dev.ratelimit.quota;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Quota plans give each key a plan: they consist of a resolver, which returns the plan of a key, and of rules for
 * caching it.
 *
 * <pre>{@code
 * QuotaPlans plans = QuotaPlans.of(directory::planOf, FREE)
 *         .maxAge(Duration.ofMinutes(5))
 *         .onFallback(report -> log.warn(report.toString()));
 * }</pre>
 *
 * <p><b>Answers.</b> The service caches an answer for {@link #maxAge(Duration)}. The next call after that asks the
 * resolver again. After {@link QuotaService#planChanged(String)} the next call asks it in any case. All calls for a key
 * that arrive while the resolver is asked wait for that one answer.
 *
 * <p><b>A change of plan keeps the usage</b>, quota by quota. A quota of the same name, whose window has the same
 * length and start, keeps its count under the new limit. A quota with another window counts from zero in that window.
 * If the key goes back to the old plan before the old window ends, the old count applies again. The same holds for a
 * start that is the key's own ({@link CalendarWindow#startingFrom}): the service keeps it only as long as the answer.
 * So the start must come from the place where the contract is stored, and never from the current time. Otherwise each
 * answer grants the whole amount again.
 *
 * <p><b>Failures.</b> If the resolver throws or returns null, the key keeps its last known plan, or gets the default
 * plan if none is known. The service reports this, and asks the resolver for that key again only after
 * {@link #retryAfter(Duration)}. A thread that is interrupted before the resolver has answered gets the last known
 * plan. If none is known, a {@link QuotaUnavailableException} says that nothing was counted. An {@link Error} reaches
 * the caller on whose thread the resolver threw it. For all other callers it is a failure like any other.
 *
 * <p><b>Memory.</b> The service caches the plans of up to {@link #maxEntries(int)} keys, each identified by a
 * fingerprint of 64 bits: about 500 bytes for each key. It forgets rarely used keys before often used ones.
 *
 * <p>Immutable and thread-safe if its functions are. Each service built with it has a cache of its own.
 */
public final class QuotaPlans {

    /** The default number of keys whose plans are cached: 10,000. */
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
     * Returns the plans of a resolver with default settings: answers are cached for a minute, for 10,000 keys; the
     * resolver is asked again a second after a failure; and failures are not reported.
     *
     * @param resolver the resolver
     * @param fallback the plan of a key without a known plan while the resolver fails
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
     * Returns these plans with another maximum number of keys whose plans are cached.
     *
     * @param maxEntries the number of keys, from 1 to 100,000,000
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
     * Returns these plans with another time for which an answer is cached. A change of plan takes effect after this
     * time at the latest.
     *
     * @param maxAge the time, more than zero, at most 365 days
     * @return the plans
     * @throws IllegalArgumentException if it is out of range
     */
    public QuotaPlans maxAge(Duration maxAge) {
        return new QuotaPlans(resolver, fallback, maxEntries, checked("maxAge", maxAge), retryAfter, onFallback);
    }

    /**
     * Returns these plans with another time after which the resolver is asked again for a key for which it failed.
     *
     * @param retryAfter the time, more than zero, at most 365 days
     * @return the plans
     * @throws IllegalArgumentException if it is out of range
     */
    public QuotaPlans retryAfter(Duration retryAfter) {
        return new QuotaPlans(resolver, fallback, maxEntries, maxAge, checked("retryAfter", retryAfter), onFallback);
    }

    /**
     * Returns these plans with a listener for failures of the resolver. It runs on the thread that called the resolver.
     * An exception that it throws is ignored; an {@link Error} is not.
     *
     * @param onFallback the listener
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
     * Returns the resolver.
     *
     * @return the resolver
     */
    public QuotaPlanResolver resolver() {
        return resolver;
    }

    /**
     * Returns the plan of a key without a known plan while the resolver fails.
     *
     * @return the default plan
     */
    public QuotaPlan fallback() {
        return fallback;
    }

    /**
     * Returns the maximum number of keys whose plans are cached.
     *
     * @return at least 1
     */
    public int maxEntries() {
        return maxEntries;
    }

    /**
     * Returns the time for which an answer is cached.
     *
     * @return more than zero
     */
    public Duration maxAge() {
        return maxAge;
    }

    /**
     * Returns the time after which the resolver is asked again for a key for which it failed.
     *
     * @return more than zero
     */
    public Duration retryAfter() {
        return retryAfter;
    }

    /**
     * Returns the listener for failures of the resolver.
     *
     * @return the listener
     */
    public Consumer<? super QuotaPlanFallback> onFallback() {
        return onFallback;
    }

    @Override
    public String toString() {
        return "QuotaPlans[" + maxEntries + " keys for " + maxAge + ", fallback " + fallback.name() + "]";
    }
}
