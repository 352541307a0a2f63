package dev.ratelimit.benchmarks.peers;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.core.Limiters;
import io.github.bucket4j.local.SynchronizationStrategy;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A library, and how it is set to do what ours does.
 *
 * <p><b>Clock.</b> {@code System.nanoTime()} for all but Sentinel, which reads milliseconds that its own thread
 * keeps; for Bucket4j it is chosen ({@code withNanosecondPrecision}), for it is what the others read.
 *
 * <p><b>Keys.</b> Resilience4j's come from its registry, Sentinel's are the values of a hot parameter. Guava, Bucket4j
 * and Failsafe leave it to callers where the limiter of a key is kept: here in a {@link ConcurrentHashMap}, which
 * nothing bounds, or in a Caffeine cache of its default settings, bounded like our table.
 *
 * <p><b>Waiting.</b> None: a refusal is an answer, not a wait, and nothing is thrown that the library need not throw.
 */
public enum Peer {
    /** This library. */
    RATELIMIT,
    /** Guava's {@code RateLimiter}, whose burst is always the permits of one second. */
    GUAVA,
    /** Bucket4j, lock-free, which is its default. */
    BUCKET4J,
    /** Bucket4j with a lock for each bucket. */
    BUCKET4J_SYNCHRONIZED,
    /** Bucket4j, lock-free; its keys are kept by Caffeine. */
    BUCKET4J_CAFFEINE,
    /** Resilience4j's {@code RateLimiter}, which gives all permits of a period at its start. */
    RESILIENCE4J,
    /** Failsafe's smooth {@code RateLimiter}, which has no burst: permits come one by one. */
    FAILSAFE,
    /** Failsafe's bursty {@code RateLimiter}, which gives all permits of a period at its start. */
    FAILSAFE_BURSTY,
    /** Sentinel's rule for a hot parameter, with the statistics that come with each entry. */
    SENTINEL;

    /**
     * Returns the library that a benchmark's method is named after: {@code bucket4jSynchronized} is {@link
     * #BUCKET4J_SYNCHRONIZED}, and so is {@code bucket4jSynchronizedDeny}.
     *
     * @param benchmark the name of the method, and anything before it that ends with a dot
     * @return the library, our own if it is none of the others
     */
    public static Peer of(String benchmark) {
        String method = benchmark
                .substring(benchmark.lastIndexOf('.') + 1)
                .replaceFirst("(Deny|LowLimit|HighLimit)$", "")
                .replaceAll("([A-Z])", "_$1")
                .toUpperCase(Locale.ROOT);
        for (Peer peer : values()) {
            if (peer.name().equals(method)) {
                return peer;
            }
        }
        return RATELIMIT;
    }

    /**
     * Makes a limiter without keys.
     *
     * @param budget what it allows
     * @return the limiter
     */
    public UnkeyedLimiter unkeyed(Budget budget) {
        return switch (this) {
            case RATELIMIT -> {
                SingleLimiter limiter = Limiters.single(rate(budget));
                yield limiter::tryAcquire;
            }
            case GUAVA -> LocalPeers.guava(budget);
            case BUCKET4J, BUCKET4J_CAFFEINE -> LocalPeers.bucket4j(budget, SynchronizationStrategy.LOCK_FREE);
            case BUCKET4J_SYNCHRONIZED -> LocalPeers.bucket4j(budget, SynchronizationStrategy.SYNCHRONIZED);
            case RESILIENCE4J -> LocalPeers.resilience4j(budget);
            case FAILSAFE -> LocalPeers.failsafe(budget);
            case FAILSAFE_BURSTY -> LocalPeers.failsafeBursty(budget);
            case SENTINEL -> {
                KeyedLimiter rule = SentinelRule.of(budget);
                yield () -> rule.tryAcquire("the only one");
            }
        };
    }

    /**
     * Makes a limiter with keys, as a service would keep it that knows its keys.
     *
     * @param budget what it allows each key
     * @param maxKeys how many keys it has room for, where the library bounds them at all
     * @return the limiter
     */
    public KeyedLimiter keyed(Budget budget, int maxKeys) {
        return switch (this) {
            case RATELIMIT -> {
                Limiter<String> limiter =
                        Limiters.builder(rate(budget)).maxKeys(maxKeys).build();
                yield limiter::tryAcquire;
            }
            case RESILIENCE4J -> LocalPeers.resilience4jRegistry(budget);
            case SENTINEL -> SentinelRule.of(budget);
            case BUCKET4J_CAFFEINE -> bounded(budget, maxKeys);
            default -> inMap(() -> unkeyed(budget));
        };
    }

    /**
     * Makes a limiter with keys that strangers can make up: one that is bounded.
     *
     * @param budget what it allows each key
     * @param maxKeys how many keys it keeps; Sentinel's bound follows from the budget
     * @return the limiter
     * @throws IllegalArgumentException if the library cannot bound them
     */
    public KeyedLimiter bounded(Budget budget, int maxKeys) {
        return switch (this) {
            case RATELIMIT, SENTINEL -> keyed(budget, maxKeys);
            case RESILIENCE4J ->
                throw new IllegalArgumentException(
                        "Resilience4j's registry keeps all keys; a flood of new ones ends with the memory");
            default -> inCache(() -> unkeyed(budget), maxKeys);
        };
    }

    private static KeyedLimiter inMap(Supplier<UnkeyedLimiter> limiters) {
        ConcurrentHashMap<String, UnkeyedLimiter> map = new ConcurrentHashMap<>();
        return key -> {
            // A look before, because computeIfAbsent() locks the bin of a key that is not its first.
            UnkeyedLimiter known = map.get(key);
            return (known == null ? map.computeIfAbsent(key, unknown -> limiters.get()) : known).tryAcquire();
        };
    }

    private static KeyedLimiter inCache(Supplier<UnkeyedLimiter> limiters, int maxKeys) {
        Cache<String, UnkeyedLimiter> cache =
                Caffeine.newBuilder().maximumSize(maxKeys).build();
        return key -> cache.get(key, unknown -> limiters.get()).tryAcquire();
    }

    private static Rate rate(Budget budget) {
        return Rate.of(budget.permits(), budget.period()).burst(budget.burst());
    }
}
