package dev.ratelimit.benchmarks;

import dev.ratelimit.benchmarks.peers.Budget;
import dev.ratelimit.benchmarks.peers.KeyedLimiter;
import dev.ratelimit.benchmarks.peers.Peer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * The cost of one decision for one key while another thread asks for the same key.
 *
 * <p>Under a high limit both threads change the same state; under a low one, a thousand a second, nearly all calls are
 * refused and need not change anything. The floors are a look into a {@link ConcurrentHashMap}, the clock, and, under
 * the high limit, a compare-and-set that is tried until it succeeds. {@code decide} is ours, the others are named after
 * their libraries.
 */
@State(Scope.Benchmark)
@Threads(2)
@SuppressWarnings("NullAway.Init") // setUp() is the constructor that JMH knows
public class ContendedBenchmark extends BenchmarkDefaults {

    private String key;
    private KeyedLimiter limiter;
    private ConcurrentHashMap<String, AtomicLong> map;
    /** Counts only the rare outcome, so that the threads do not contend for the counter. */
    private AtomicLong rare;

    private boolean low;
    private boolean floor;
    private long start;

    /**
     * Makes the key known to the limiter and to the map.
     *
     * @param params the name of the method, which says whose limiter it is and how high the limit
     */
    @Setup
    public void setUp(BenchmarkParams params) {
        low = params.getBenchmark().endsWith("LowLimit");
        floor = params.getBenchmark().contains(".floor");
        key = new UuidKeys(1).nextHashed(1)[0];
        map = new ConcurrentHashMap<>();
        map.put(key, new AtomicLong());
        rare = new AtomicLong();
        start = System.nanoTime();
        limiter = Peer.of(params.getBenchmark()).keyed(low ? Budget.THOUSAND_A_SECOND : Budget.NEVER_SPENT, 100_000);
        check(limiter.tryAcquire(key), "the first call was refused");
    }

    /**
     * What a change of one state by two threads cannot go below.
     *
     * @return the time
     */
    @Benchmark
    public long floorHighLimit() {
        AtomicLong cell = map.getOrDefault(key, rare);
        long now = System.nanoTime();
        long seen = cell.get();
        while (!cell.compareAndSet(seen, now)) {
            seen = cell.get();
        }
        return now;
    }

    /**
     * What a look at one state by two threads cannot go below.
     *
     * @return the time since the state was changed, which it never is
     */
    @Benchmark
    public long floorLowLimit() {
        AtomicLong cell = map.getOrDefault(key, rare);
        return System.nanoTime() - cell.get();
    }

    /** Ours, while nearly all are allowed; returns whether it allowed: always. */
    @Benchmark
    public boolean decideHighLimit() {
        return high();
    }

    /** Ours, while nearly all are refused; returns whether it allowed: hardly ever. */
    @Benchmark
    public boolean decideLowLimit() {
        return low();
    }

    /** Guava, while nearly all are allowed; returns whether it allowed: always. */
    @Benchmark
    public boolean guavaHighLimit() {
        return high();
    }

    /** Guava, while nearly all are refused; returns whether it allowed: hardly ever. */
    @Benchmark
    public boolean guavaLowLimit() {
        return low();
    }

    /** Bucket4j, lock-free, while nearly all are allowed; returns whether it allowed: always. */
    @Benchmark
    public boolean bucket4jHighLimit() {
        return high();
    }

    /** Bucket4j, lock-free, while nearly all are refused; returns whether it allowed: hardly ever. */
    @Benchmark
    public boolean bucket4jLowLimit() {
        return low();
    }

    /** Bucket4j with a lock, while nearly all are allowed; returns whether it allowed: always. */
    @Benchmark
    public boolean bucket4jSynchronizedHighLimit() {
        return high();
    }

    /** Bucket4j with a lock, while nearly all are refused; returns whether it allowed: hardly ever. */
    @Benchmark
    public boolean bucket4jSynchronizedLowLimit() {
        return low();
    }

    /** Resilience4j, while nearly all are allowed; returns whether it allowed: always. */
    @Benchmark
    public boolean resilience4jHighLimit() {
        return high();
    }

    /** Resilience4j, while nearly all are refused; returns whether it allowed: hardly ever. */
    @Benchmark
    public boolean resilience4jLowLimit() {
        return low();
    }

    /** Failsafe, smooth, while nearly all are allowed; returns whether it allowed: always. */
    @Benchmark
    public boolean failsafeHighLimit() {
        return high();
    }

    /** Failsafe, smooth, while nearly all are refused; returns whether it allowed: hardly ever. */
    @Benchmark
    public boolean failsafeLowLimit() {
        return low();
    }

    /** Failsafe, bursty, while nearly all are allowed; returns whether it allowed: always. */
    @Benchmark
    public boolean failsafeBurstyHighLimit() {
        return high();
    }

    /** Failsafe, bursty, while nearly all are refused; returns whether it allowed: hardly ever. */
    @Benchmark
    public boolean failsafeBurstyLowLimit() {
        return low();
    }

    /** Sentinel, while nearly all are allowed; returns whether it allowed: always. */
    @Benchmark
    public boolean sentinelHighLimit() {
        return high();
    }

    /** Sentinel, while nearly all are refused; returns whether it allowed: hardly ever. */
    @Benchmark
    public boolean sentinelLowLimit() {
        return low();
    }

    private boolean high() {
        boolean allowed = limiter.tryAcquire(key);
        if (!allowed) {
            rare.incrementAndGet();
        }
        return allowed;
    }

    private boolean low() {
        boolean allowed = limiter.tryAcquire(key);
        if (allowed) {
            rare.incrementAndGet();
        }
        return allowed;
    }

    /** Fails if a call was refused under the high limit, or if more were allowed under the low one than it allows. */
    @TearDown
    public void checkDecisions() {
        if (!low) {
            check(rare.get() == 0, rare + " calls were refused");
        } else if (!floor) {
            // Those that give a period's permits at its start may do so twice, here and at the end.
            double periods = (System.nanoTime() - start) / 1e9 + 2;
            // Permits that come one by one may be a millisecond away in the shortest of runs.
            check(rare.get() > 0 || periods < 3, "no call was allowed");
            check(rare.get() <= periods * 1_000, rare + " calls were allowed in " + periods + " seconds");
        }
    }
}
