package dev.ratelimit.benchmarks;

import dev.ratelimit.Rate;
import dev.ratelimit.runtime.keys.KeyHash;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The cost of one decision for a key that was never seen before, after ten times as many as the table is sized for.
 *
 * <p>This is what somebody does who makes up keys to exhaust a limiter. A key is made the same way in all methods; what
 * the decision costs is the difference to {@link #floorKey}.
 *
 * <p>{@code decide} and {@code decideSaturated} are ours; the peers are bounded to the same 100,000 keys (see
 * {@link FullPeer}). Resilience4j is not among them, for nothing bounds its registry.
 */
public class NewKeysBenchmark extends BenchmarkDefaults {

    /** A key is in debt for a minute: every place is taken, and each new key must make an older one be forgotten. */
    @State(Scope.Benchmark)
    public static class InDebt extends FullTable {

        /** Fills nothing yet. */
        public InDebt() {
            super(Rate.perMinute(1), true);
        }
    }

    /** A key is in debt for a millisecond, as of a usual limit: each new key finds places that are free again. */
    @State(Scope.Benchmark)
    public static class UsualLimit extends FullTable {

        /** Fills nothing yet. */
        public UsualLimit() {
            super(Rate.perSecond(1_000), false);
        }
    }

    /** The hash that a limiter has, without its table. */
    @State(Scope.Benchmark)
    public static class Hash {

        private final KeyHash function = new KeyHash(new SplittableRandom(1));

        /** Draws a secret. */
        public Hash() {}
    }

    /**
     * What it costs to make the key.
     *
     * @param keys the thread's source of keys
     * @return the key
     */
    @Benchmark
    public String floorKey(NewKeys keys) {
        return keys.next();
    }

    /**
     * What it costs to make the characters of the key and to read the clock. More than both apart, because the clock
     * waits until the processor has done what came before.
     *
     * @param keys the thread's source of keys
     * @return something of both
     */
    @Benchmark
    public long floorKeyClock(NewKeys keys) {
        String key = keys.next();
        return System.nanoTime() + key.length();
    }

    /**
     * What it costs to make the key, to hash it and to read the clock: a decision without a table.
     *
     * @param keys the thread's source of keys
     * @param hash the hash
     * @return something of all
     */
    @Benchmark
    public long floorKeyHashClock(NewKeys keys, Hash hash) {
        return hash.function.of(keys.next()) + System.nanoTime();
    }

    /**
     * A decision for a new key that finds only places of keys in debt, sixteen of them; the worst case.
     *
     * @param keys the thread's source of keys
     * @param table the limiter
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean decideSaturated(NewKeys keys, InDebt table) {
        return table.allows(keys.next());
    }

    /**
     * A decision for a new key that finds places of keys whose debt is over.
     *
     * @param keys the thread's source of keys
     * @param table the limiter
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean decide(NewKeys keys, UsualLimit table) {
        return table.allows(keys.next());
    }

    /**
     * What one would write by hand: a cell of each key in a Caffeine cache of 100,000, a reading of the clock, and one
     * compare-and-set.
     *
     * @param keys the thread's source of keys
     * @param cache the cells
     * @return whether the value was exchanged: always, on one thread
     */
    @Benchmark
    public boolean floorCaffeine(NewKeys keys, FullCache cache) {
        return cache.exchanges(keys.next());
    }

    /**
     * Guava's limiters in a cache.
     *
     * @param keys the thread's source of keys
     * @param peer the library's limiter
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean guava(NewKeys keys, FullPeer peer) {
        return peer.allows(keys.next());
    }

    /**
     * Bucket4j's lock-free buckets in a cache.
     *
     * @param keys the thread's source of keys
     * @param peer the library's limiter
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean bucket4j(NewKeys keys, FullPeer peer) {
        return peer.allows(keys.next());
    }

    /**
     * Bucket4j's buckets with locks in a cache.
     *
     * @param keys the thread's source of keys
     * @param peer the library's limiter
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean bucket4jSynchronized(NewKeys keys, FullPeer peer) {
        return peer.allows(keys.next());
    }

    /**
     * Failsafe's smooth limiters in a cache.
     *
     * @param keys the thread's source of keys
     * @param peer the library's limiter
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean failsafe(NewKeys keys, FullPeer peer) {
        return peer.allows(keys.next());
    }

    /**
     * Failsafe's bursty limiters in a cache.
     *
     * @param keys the thread's source of keys
     * @param peer the library's limiter
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean failsafeBursty(NewKeys keys, FullPeer peer) {
        return peer.allows(keys.next());
    }

    /**
     * Sentinel's values of a hot parameter.
     *
     * @param keys the thread's source of keys
     * @param peer the library's limiter
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean sentinel(NewKeys keys, FullPeer peer) {
        return peer.allows(keys.next());
    }
}
