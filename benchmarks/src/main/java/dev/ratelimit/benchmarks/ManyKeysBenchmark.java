package dev.ratelimit.benchmarks;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.benchmarks.peers.Budget;
import dev.ratelimit.benchmarks.peers.KeyedLimiter;
import dev.ratelimit.benchmarks.peers.Peer;
import dev.ratelimit.core.Limiters;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * The cost of one decision for one of many known keys, which come by Zipf's law, on one thread.
 *
 * <p>The floor is hand-written: a {@link ConcurrentHashMap} from key to {@link AtomicLong}, a reading
 * of the clock, and one compare-and-set, without any rule of a rate. All methods take the same keys in the same order.
 *
 * <p>{@code decide} is ours, the others are named after their libraries, whose settings stand in {@link Peer}.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // setUp() is the constructor that JMH knows
public class ManyKeysBenchmark extends BenchmarkDefaults {

    private static final int DRAWS = 1 << 21;

    private static final int SMALLEST_TABLE = 100_000;

    /** One a microsecond, and so large a burst that the hottest key's budget outlasts an hour of calls. */
    private static final Rate RATE = Rate.perSecond(1_000_000).burst(100_000_000_000L);

    /** A thousand seconds' worth: every key stays in debt throughout, so the table is full of keys that count. */
    private static final long DEBT = 1_000_000_000L;

    /** The number of distinct keys. */
    @Param({"1", "1000000"})
    public int keys;

    private String[] names;
    private int[] sequence;
    private int cursor;
    private ConcurrentHashMap<String, AtomicLong> map;
    private Limiter<String> limiter;
    private KeyedLimiter peer;
    private long wrong;

    /**
     * Makes the keys and their order, and makes each key known to the map and to the limiters.
     *
     * @param params the name of the method, which says whose limiter it is beside ours
     */
    @Setup
    public void setUp(BenchmarkParams params) {
        Peer library = Peer.of(params.getBenchmark());
        peer = library == Peer.RATELIMIT
                ? name -> true
                : library.keyed(Budget.NEVER_SPENT, Math.max(keys, SMALLEST_TABLE));
        names = new UuidKeys(36).nextHashed(keys);
        sequence = Zipf.draws(keys, DRAWS);
        cursor = 0;
        map = new ConcurrentHashMap<>(keys);
        limiter = Limiters.builder(RATE).maxKeys(Math.max(keys, SMALLEST_TABLE)).build();
        wrong = 0;
        for (String name : names) {
            map.put(name, new AtomicLong());
            check(limiter.tryAcquire(name, DEBT) && peer.tryAcquire(name), "a new key was refused");
        }
    }

    /**
     * The cost of getting the next key.
     *
     * @return the key
     */
    @Benchmark
    public String floorKey() {
        return next();
    }

    /**
     * A hand-written limiter.
     *
     * @return whether the value was exchanged: always, on one thread
     */
    @Benchmark
    public boolean floorMap() {
        AtomicLong cell = map.get(next());
        long now = System.nanoTime();
        boolean exchanged = cell != null && cell.compareAndSet(cell.get(), now);
        if (!exchanged) {
            wrong++;
        }
        return exchanged;
    }

    /**
     * A decision that allows.
     *
     * @return whether it did: always
     */
    @Benchmark
    public boolean decide() {
        boolean allowed = limiter.tryAcquire(next());
        if (!allowed) {
            wrong++;
        }
        return allowed;
    }

    /**
     * Guava's limiters in a {@link ConcurrentHashMap}.
     *
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean guava() {
        return noted(peer.tryAcquire(next()));
    }

    /**
     * Bucket4j's lock-free buckets in a {@link ConcurrentHashMap}.
     *
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean bucket4j() {
        return noted(peer.tryAcquire(next()));
    }

    /**
     * Bucket4j's buckets with locks in a {@link ConcurrentHashMap}.
     *
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean bucket4jSynchronized() {
        return noted(peer.tryAcquire(next()));
    }

    /**
     * Bucket4j's lock-free buckets in a cache.
     *
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean bucket4jCaffeine() {
        return noted(peer.tryAcquire(next()));
    }

    /**
     * Resilience4j's registry.
     *
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean resilience4j() {
        return noted(peer.tryAcquire(next()));
    }

    /**
     * Failsafe's smooth limiters in a {@link ConcurrentHashMap}.
     *
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean failsafe() {
        return noted(peer.tryAcquire(next()));
    }

    /**
     * Failsafe's bursty limiters in a {@link ConcurrentHashMap}.
     *
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean failsafeBursty() {
        return noted(peer.tryAcquire(next()));
    }

    /**
     * Sentinel's values of a hot parameter, of which it keeps 200,000 at most.
     *
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean sentinel() {
        return noted(peer.tryAcquire(next()));
    }

    private boolean noted(boolean allowed) {
        if (!allowed) {
            wrong++;
        }
        return allowed;
    }

    /** Fails if a call was refused; says so if keys were forgotten, and had to be entered anew within the times. */
    @TearDown
    public void checkDecisions() {
        check(wrong == 0, wrong + " calls had the other outcome");
        long forgotten = limiter.evictedInDebt();
        if (forgotten > 0) {
            // JMH has just begun a line.
            System.out.printf("%n# %,d debts forgotten, though the keys were no more than maxKeys%n", forgotten);
        }
    }

    private String next() {
        return names[sequence[cursor++ & (DRAWS - 1)]];
    }
}
