package dev.ratelimit.benchmarks;

import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.core.Limiters;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The cost of one decision of a limiter without a key, on one thread.
 *
 * <p>No limiter that is exact can do with less than a reading of the clock, and, if it admits, one successful
 * compare-and-set; these are the floors.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // setUp() is the constructor that JMH knows
public class SingleKeyBenchmark extends BenchmarkDefaults {

    /** One a microsecond, and so large a burst that the budget outlasts hours of calls as fast as they come. */
    private static final Rate NEVER_SPENT = Rate.perSecond(1_000_000).burst(1_000_000_000_000L);

    private static final Rate SPENT_AT_ONCE = Rate.perHour(1);

    private SingleLimiter admitting;
    private SingleLimiter denying;
    private AtomicLong cell;
    private long wrong;

    /** Makes the limiters, and spends the budget of the one that is to deny. */
    @Setup
    public void setUp() {
        admitting = Limiters.single(NEVER_SPENT);
        denying = Limiters.single(SPENT_AT_ONCE);
        check(denying.tryAcquire(), "the limiter that is to deny had nothing to spend");
        cell = new AtomicLong(System.nanoTime());
        wrong = 0;
    }

    /**
     * What a denial cannot go below.
     *
     * @return the time
     */
    @Benchmark
    public long floorClock() {
        return System.nanoTime();
    }

    /**
     * What an admission cannot go below.
     *
     * @return whether the value was exchanged: always, on one thread
     */
    @Benchmark
    public boolean floorClockAndCas() {
        long now = System.nanoTime();
        boolean exchanged = cell.compareAndSet(cell.get(), now);
        if (!exchanged) {
            wrong++;
        }
        return exchanged;
    }

    /**
     * A decision that admits.
     *
     * @return whether it did: always
     */
    @Benchmark
    public boolean admit() {
        boolean admitted = admitting.tryAcquire();
        if (!admitted) {
            wrong++;
        }
        return admitted;
    }

    /**
     * A decision that denies.
     *
     * @return whether it admitted: never
     */
    @Benchmark
    public boolean deny() {
        boolean admitted = denying.tryAcquire();
        if (admitted) {
            wrong++;
        }
        return admitted;
    }

    /** Fails if a decision was not the one that the benchmark's name says. */
    @TearDown
    public void checkDecisions() {
        check(wrong == 0, wrong + " calls had the other outcome");
    }
}
