package dev.ratelimit;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Tiers give each key a policy: they consist of a resolver, which returns the policy of a key, and of rules for caching
 * it.
 *
 * <pre>{@code
 * Tiers<String> tiers = Tiers.of(directory::policyOf, Policy.of("free", Rate.perSecond(5)))
 *         .maxAge(Duration.ofMinutes(5))
 *         .onFallback(report -> log.warn(report.toString()));
 * }</pre>
 *
 * <p><b>Answers.</b> The limiter caches an answer for {@link #maxAge(Duration)}. The next call after that asks the
 * resolver again, and the new answer applies from then on. All calls for a key that arrive while the resolver is asked
 * wait for that one answer. A call that is interrupted while it waits uses the last known policy or the default, and
 * leaves the interrupt flag set.
 *
 * <p><b>Failures.</b> If the resolver throws or returns null, the key keeps its last known policy, however old, or gets
 * the fallback policy if none is cached. The limiter reports this, and asks the resolver for that key again only after
 * {@link #retryAfter(Duration)}, so that not every request calls a directory that is down. After an
 * {@link InterruptedException}, the limiter sets the thread's interrupt flag again, and the next call asks at once,
 * because the interrupt was meant for that caller and is no failure of the directory. An {@link Error} reaches the
 * caller on whose thread it was thrown. For all other callers it is a failure like any other.
 *
 * <p><b>Memory.</b> The limiter caches the policies of up to {@link #maxEntries(int)} keys. It keeps a fingerprint of
 * 64 bits of each key, and not the key. It forgets rarely used keys before often used ones, so a flood of new keys
 * mostly displaces itself. But each new key costs a call of the resolver, so the resolver should answer quickly for
 * keys that do not exist.
 *
 * <p>Immutable and thread-safe if its functions are. Each limiter built with it has a cache of its own.
 *
 * @param <K> the type of the keys
 */
public final class Tiers<K> {

    /** The default number of keys whose policies are cached: 10,000. */
    public static final int DEFAULT_MAX_ENTRIES = 10_000;

    /** The most keys whose policies can be cached: 100,000,000. */
    public static final int MAX_ENTRIES = 100_000_000;

    private static final Duration DEFAULT_MAX_AGE = Duration.ofMinutes(1);
    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(1);

    private final PolicyResolver<K> resolver;
    private final Policy fallback;
    private final int maxEntries;
    private final Duration maxAge;
    private final Duration retryAfter;
    private final Consumer<? super PolicyFallback> onFallback;

    private Tiers(
            PolicyResolver<K> resolver,
            Policy fallback,
            int maxEntries,
            Duration maxAge,
            Duration retryAfter,
            Consumer<? super PolicyFallback> onFallback) {
        this.resolver = resolver;
        this.fallback = fallback;
        this.maxEntries = maxEntries;
        this.maxAge = maxAge;
        this.retryAfter = retryAfter;
        this.onFallback = onFallback;
    }

    /**
     * Returns tiers of a resolver.
     *
     * @param resolver returns the policy of a key
     * @param fallback the default policy, for a key whose resolution fails while no policy of it is cached
     * @param <K> the type of the keys
     * @return the tiers
     */
    public static <K> Tiers<K> of(PolicyResolver<K> resolver, Policy fallback) {
        return new Tiers<>(
                Objects.requireNonNull(resolver, "resolver"),
                Objects.requireNonNull(fallback, "fallback"),
                DEFAULT_MAX_ENTRIES,
                DEFAULT_MAX_AGE,
                DEFAULT_RETRY_AFTER,
                report -> {});
    }

    /**
     * Returns these tiers with another maximum number of keys whose policies are cached. The default is
     * {@link #DEFAULT_MAX_ENTRIES}.
     *
     * @param maxEntries from 1 to {@link #MAX_ENTRIES}
     * @return the tiers
     * @throws IllegalArgumentException if the number is out of range
     */
    public Tiers<K> maxEntries(int maxEntries) {
        if (maxEntries < 1 || maxEntries > MAX_ENTRIES) {
            throw new IllegalArgumentException(
                    "maxEntries must be from 1 to " + MAX_ENTRIES + ", but was " + maxEntries);
        }
        return new Tiers<>(resolver, fallback, maxEntries, maxAge, retryAfter, onFallback);
    }

    /**
     * Returns these tiers with another time for which an answer is cached. The default is a minute.
     *
     * @param maxAge the time, counted from the end of the resolver's call; from 1 ns to {@link Policy#MAX_DURATION}
     * @return the tiers
     * @throws IllegalArgumentException if the time is out of range
     */
    public Tiers<K> maxAge(Duration maxAge) {
        Policy.checkPositive("maximum age", maxAge);
        return new Tiers<>(resolver, fallback, maxEntries, maxAge, retryAfter, onFallback);
    }

    /**
     * Returns these tiers with another time for which the resolver is not asked again for a key after it failed. The
     * default is a second.
     *
     * @param retryAfter the time, counted from the end of the resolver's call; from 1 ns to {@link Policy#MAX_DURATION}
     * @return the tiers
     * @throws IllegalArgumentException if the time is out of range
     */
    public Tiers<K> retryAfter(Duration retryAfter) {
        Policy.checkPositive("time to retry after", retryAfter);
        return new Tiers<>(resolver, fallback, maxEntries, maxAge, retryAfter, onFallback);
    }

    /**
     * Returns these tiers with another listener for failures of the resolver; the default does nothing.
     *
     * @param onFallback receives each failure, on the thread of the caller that met it, after all waiting callers have
     *     their answer. An exception that it throws is ignored; an {@link Error} is not
     * @return the tiers
     */
    public Tiers<K> onFallback(Consumer<? super PolicyFallback> onFallback) {
        Objects.requireNonNull(onFallback, "onFallback");
        return new Tiers<>(resolver, fallback, maxEntries, maxAge, retryAfter, onFallback);
    }

    /**
     * Returns the resolver.
     *
     * @return the resolver
     */
    public PolicyResolver<K> resolver() {
        return resolver;
    }

    /**
     * Returns the default policy.
     *
     * @return the policy of keys whose resolution fails while no policy of them is cached
     */
    public Policy fallback() {
        return fallback;
    }

    /**
     * Returns the maximum number of keys whose policies are cached.
     *
     * @return the number, at least 1
     */
    public int maxEntries() {
        return maxEntries;
    }

    /**
     * Returns the time for which an answer is cached.
     *
     * @return the time, at least 1 ns
     */
    public Duration maxAge() {
        return maxAge;
    }

    /**
     * Returns the time after which the resolver is asked again for a key for which it failed.
     *
     * @return the time, at least 1 ns
     */
    public Duration retryAfter() {
        return retryAfter;
    }

    /**
     * Returns the listener for failures of the resolver.
     *
     * @return the listener
     */
    public Consumer<? super PolicyFallback> onFallback() {
        return onFallback;
    }

    @Override
    public String toString() {
        return "Tiers[" + maxEntries + " keys for " + maxAge + ", fallback " + fallback + "]";
    }
}
