package dev.ratelimit.benchmarks;

import dev.ratelimit.benchmarks.peers.Budget;
import dev.ratelimit.benchmarks.peers.KeyedLimiter;
import dev.ratelimit.benchmarks.peers.Peer;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * The limiter of another library, bounded to 100,000 keys, after a million have come.
 *
 * <p>Guava, Bucket4j and Failsafe stand in a Caffeine cache of the default settings, which clears away with a pool of
 * other threads: on a machine with a free processor, part of what a new key costs is paid there, and is not in the time
 * of the call. Sentinel has its own bound.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // setUp() is the constructor that JMH knows
public class FullPeer {

    private static final int MAX_KEYS = 100_000;

    private KeyedLimiter limiter;
    private long refused;

    /** Fills nothing yet. */
    public FullPeer() {}

    /**
     * Makes the limiter and fills it.
     *
     * @param params the name of the method, which says whose limiter it is
     */
    @Setup
    public void setUp(BenchmarkParams params) {
        limiter = Peer.of(params.getBenchmark()).bounded(Budget.ONE_IN_25_SECONDS, MAX_KEYS);
        refused = 0;
        NewKeys keys = new NewKeys();
        for (int i = 0; i < 10 * MAX_KEYS; i++) {
            allows(keys.next());
        }
    }

    /**
     * Asks for one permit of a new key.
     *
     * @param key the key
     * @return whether it was allowed: always
     */
    boolean allows(String key) {
        boolean allowed = limiter.tryAcquire(key);
        if (!allowed) {
            refused++;
        }
        return allowed;
    }

    /** Fails if a new key was refused, or if a key that has just spent its budget was not. */
    @TearDown
    public void checkDecisions() {
        BenchmarkDefaults.check(refused == 0, refused + " new keys were refused");
        String key = new NewKeys().next();
        BenchmarkDefaults.check(
                limiter.tryAcquire(key) && !limiter.tryAcquire(key), "a key that spent its budget was allowed");
    }
}
