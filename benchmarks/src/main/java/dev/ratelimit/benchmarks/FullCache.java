package dev.ratelimit.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Cells of 100,000 keys in a Caffeine cache, after a million keys have come: as a hand-written limiter would keep them.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // setUp() is the constructor that JMH knows
public class FullCache {

    private static final int MAX_KEYS = 100_000;

    private Cache<String, AtomicLong> cells;
    private long failed;

    /** Fills nothing yet. */
    public FullCache() {}

    /** Makes the cache and fills it. */
    @Setup
    public void setUp() {
        cells = Caffeine.newBuilder().maximumSize(MAX_KEYS).build();
        failed = 0;
        NewKeys keys = new NewKeys();
        for (int i = 0; i < 10 * MAX_KEYS; i++) {
            exchanges(keys.next());
        }
    }

    /**
     * Sets the cell of a new key to the time.
     *
     * @param key the key
     * @return whether it did: always, on one thread
     */
    boolean exchanges(String key) {
        AtomicLong cell = cells.get(key, unknown -> new AtomicLong());
        boolean exchanged = cell.compareAndSet(cell.get(), System.nanoTime());
        if (!exchanged) {
            failed++;
        }
        return exchanged;
    }

    /** Fails if a cell was not set, or if the cache did not keep to its bound. */
    @TearDown
    public void checkBound() {
        BenchmarkDefaults.check(failed == 0, failed + " cells were not set");
        cells.cleanUp();
        BenchmarkDefaults.check(
                cells.estimatedSize() <= MAX_KEYS, "the cache keeps " + cells.estimatedSize() + " keys");
    }
}
