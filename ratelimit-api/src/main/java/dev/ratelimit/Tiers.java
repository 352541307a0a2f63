package dev.ratelimit;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Tiers are the policies of keys, as a resolver names them, and how long its answers are gone by.
 *
 * <pre>{@code
 * Tiers<String> tiers = Tiers.of(directory::policyOf, Policy.of("free", Rate.perSecond(5)))
 *         .maxAge(Duration.ofMinutes(5))
 *         .onFallback(report -> log.warn(report.toString()));
 * }</pre>
 *
 * <p><b>Answers.</b> An answer is remembered for {@link #maxAge(Duration)}; the next call after that asks the resolver
 * again, and what it answers binds from then on. Calls for one key that come while it is asked wait for that one answer. A
 * call that is interrupted while it waits goes by the last known policy or the default, and leaves the interrupt flag set.
 *
 * <p><b>Failures.</b> Where the resolver throws, or returns null, the key keeps its last known policy as long as that is
 * remembered at all, however old it is, and has the fallback policy. This is reported, and the resolver is asked
 * for that key again only after {@link #retryAfter(Duration)}, so that a dead directory is not asked on every request. If
 * it throws an {@link InterruptedException}, the thread's interrupt flag is set again, and the next call asks at once:
 * it says something of that caller, and nothing of the directory. An {@link Error} is handled as a failure for everybody
 * else, and reaches the caller on whose thread it was thrown.
 *
 * <p><b>Memory.</b> {@link #maxEntries(int)} keys are remembered, by 64 bits each; the keys themselves are not kept. A
 * key asked for seldom is forgotten before one that is asked for often, so that a flood of new keys forgets itself.
 * Each new key costs a call of the resolver, though: let it be quick about keys that do not exist.
 *
 * <p>Immutable and thread-safe, as far as its functions are. Each limiter built with it remembers answers of its own.
 *
 * @param <K> the type of the keys
 */
public final class Tiers<K> {

    /** The number of keys whose policies are remembered, unless it is set: 10,000. */
    public static final int DEFAULT_MAX_ENTRIES = 10_000;

    /** The most keys whose policies can be remembered: 100,000,000. */
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
     * @param resolver says which policy a key has
     * @param fallback the default policy: that of a key of which the resolver has said nothing yet, and fails
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
     * Returns these tiers with another number of keys whose policies are remembered; the default is
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
     * Returns these tiers with another age at which an answer is no longer gone by; the default is a minute.
     *
     * @param maxAge the age, counted from the end of the resolver's call; from 1 ns to {@link Policy#MAX_DURATION}
     * @return the tiers
     * @throws IllegalArgumentException if the age is out of range
     */
    public Tiers<K> maxAge(Duration maxAge) {
        Policy.checkPositive("maximum age", maxAge);
        return new Tiers<>(resolver, fallback, maxEntries, maxAge, retryAfter, onFallback);
    }

    /**
     * Returns these tiers with another time for which the resolver is not asked for a key again after it failed; the
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
     * @param onFallback is told of each failure, on the thread of the caller that met it and after those who waited have
     *     their answer; what it throws, but for an {@link Error}, is ignored
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
     * @return the policy of keys of which nothing is known
     */
    public Policy fallback() {
        return fallback;
    }

    /**
     * Returns how many keys' policies are remembered.
     *
     * @return the number, at least 1
     */
    public int maxEntries() {
        return maxEntries;
    }

    /**
     * Returns the age at which an answer is no longer gone by.
     *
     * @return the age, at least 1 ns
     */
    public Duration maxAge() {
        return maxAge;
    }

    /**
     * Returns the time after which the resolver is asked again where it failed.
     *
     * @return the time, at least 1 ns
     */
    public Duration retryAfter() {
        return retryAfter;
    }

    /**
     * Returns who is told of failures.
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
