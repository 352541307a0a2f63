package dev.ratelimit.benchmarks;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.core.Limiters;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * How the decisions for one hot key scale with threads, when nearly all of them deny.
 *
 * <p>A denial changes nothing, so threads need not wait for each other. The floors only read the clock. They show how
 * the machine itself scales, because its two cores may be two hardware threads of one core.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // setUp() is the constructor that JMH knows
public class HotKeyThreadsBenchmark extends BenchmarkDefaults {

    private static final Rate RATE = Rate.perSecond(1000);

    private String key;
    private Limiter<String> limiter;
    /** Counts only the rare outcome, so that the threads do not contend for the counter. */
    private AtomicLong allowedCount;

    private long start;

    /** Makes the limiter, and spends the key's budget. */
    @Setup
    public void setUp() {
        key = new UuidKeys(1).next();
        allowedCount = new AtomicLong();
        start = System.nanoTime();
        limiter = Limiters.perKey(RATE);
        while (decide()) {
            check(allowedCount.get() < 1_000_000, "the key's budget is not spent after a million calls");
        }
        check(allowedCount.get() >= RATE.capacity(), "only " + allowedCount + " calls were allowedCount");
    }

    /**
     * One thread's decisions.
     *
     * @return whether the call was allowedCount: hardly ever
     */
    @Benchmark
    @Threads(1)
    public boolean oneThread() {
        return decide();
    }

    /**
     * Two threads' decisions.
     *
     * @return whether the call was allowedCount: hardly ever
     */
    @Benchmark
    @Threads(2)
    public boolean twoThreads() {
        return decide();
    }

    /**
     * One thread's readings of the clock.
     *
     * @return the time
     */
    @Benchmark
    @Threads(1)
    public long floorOneThread() {
        return System.nanoTime();
    }

    /**
     * Two threads' readings of the clock.
     *
     * @return the time
     */
    @Benchmark
    @Threads(2)
    public long floorTwoThreads() {
        return System.nanoTime();
    }

    private boolean decide() {
        boolean allowed = limiter.tryAcquire(key);
        if (allowed) {
            allowedCount.incrementAndGet();
        }
        return allowed;
    }

    /** Fails if all threads together were allowedCount more often than the rate allows. */
    @TearDown
    public void checkDecisions() {
        double seconds = (System.nanoTime() - start) / 1e9;
        double most = RATE.capacity() + seconds * RATE.permits();
        check(allowedCount.get() <= most, allowedCount + " calls were allowedCount, at most " + most + " may be");
    }
}
