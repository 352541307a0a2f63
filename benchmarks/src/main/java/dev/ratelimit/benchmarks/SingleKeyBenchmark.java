package dev.ratelimit.benchmarks;

import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.benchmarks.peers.Budget;
import dev.ratelimit.benchmarks.peers.Peer;
import dev.ratelimit.benchmarks.peers.UnkeyedLimiter;
import dev.ratelimit.core.Limiters;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * The cost of one decision of a limiter without a key, on one thread.
 *
 * <p>An exact limiter needs at least one clock read and, if it allows the call, one successful compare-and-set. These
 * are the floors. {@code allow} and {@code deny} are ours, the others are named after their
 * libraries, whose settings stand in {@link Peer}.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // setUp() is the constructor that JMH knows
public class SingleKeyBenchmark extends BenchmarkDefaults {

    /** One a microsecond, and so large a burst that the budget outlasts hours of calls as fast as they come. */
    private static final Rate NEVER_SPENT = Rate.perSecond(1_000_000).burst(1_000_000_000_000L);

    private static final Rate SPENT_AT_ONCE = Rate.perHour(1);

    private SingleLimiter allowing;
    private SingleLimiter denying;
    private AtomicLong cell;
    private UnkeyedLimiter peer;
    private long wrong;

    /**
     * Makes the limiters, and spends the budget of those that are to deny.
     *
     * @param params the name of the method, which says whose limiter it is beside ours
     */
    @Setup
    public void setUp(BenchmarkParams params) {
        boolean denies = params.getBenchmark().endsWith("Deny");
        peer = Peer.of(params.getBenchmark()).unkeyed(denies ? Budget.SPENT_AT_ONCE : Budget.NEVER_SPENT);
        check(peer.tryAcquire(), "the peer had nothing to spend");
        check(peer.tryAcquire() != denies, "the peer's second answer is not that of the benchmark's name");
        allowing = Limiters.single(NEVER_SPENT);
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
     * A decision that allows.
     *
     * @return whether it did: always
     */
    @Benchmark
    public boolean allow() {
        boolean allowed = allowing.tryAcquire();
        if (!allowed) {
            wrong++;
        }
        return allowed;
    }

    /**
     * A decision that denies.
     *
     * @return whether it allowed: never
     */
    @Benchmark
    public boolean deny() {
        boolean allowed = denying.tryAcquire();
        if (allowed) {
            wrong++;
        }
        return allowed;
    }

    /** Guava: allows; returns whether it allowed: always. */
    @Benchmark
    public boolean guava() {
        return noted(peer.tryAcquire(), true);
    }

    /** Guava: denies; returns whether it allowed: never. */
    @Benchmark
    public boolean guavaDeny() {
        return noted(peer.tryAcquire(), false);
    }

    /** Bucket4j, lock-free: allows; returns whether it allowed: always. */
    @Benchmark
    public boolean bucket4j() {
        return noted(peer.tryAcquire(), true);
    }

    /** Bucket4j, lock-free: denies; returns whether it allowed: never. */
    @Benchmark
    public boolean bucket4jDeny() {
        return noted(peer.tryAcquire(), false);
    }

    /** Bucket4j with a lock: allows; returns whether it allowed: always. */
    @Benchmark
    public boolean bucket4jSynchronized() {
        return noted(peer.tryAcquire(), true);
    }

    /** Bucket4j with a lock: denies; returns whether it allowed: never. */
    @Benchmark
    public boolean bucket4jSynchronizedDeny() {
        return noted(peer.tryAcquire(), false);
    }

    /** Resilience4j: allows; returns whether it allowed: always. */
    @Benchmark
    public boolean resilience4j() {
        return noted(peer.tryAcquire(), true);
    }

    /** Resilience4j: denies; returns whether it allowed: never. */
    @Benchmark
    public boolean resilience4jDeny() {
        return noted(peer.tryAcquire(), false);
    }

    /** Failsafe, smooth: allows; returns whether it allowed: always. */
    @Benchmark
    public boolean failsafe() {
        return noted(peer.tryAcquire(), true);
    }

    /** Failsafe, smooth: denies; returns whether it allowed: never. */
    @Benchmark
    public boolean failsafeDeny() {
        return noted(peer.tryAcquire(), false);
    }

    /** Failsafe, bursty: allows; returns whether it allowed: always. */
    @Benchmark
    public boolean failsafeBursty() {
        return noted(peer.tryAcquire(), true);
    }

    /** Failsafe, bursty: denies; returns whether it allowed: never. */
    @Benchmark
    public boolean failsafeBurstyDeny() {
        return noted(peer.tryAcquire(), false);
    }

    /** Sentinel, a hot parameter of one value: allows; returns whether it allowed: always. */
    @Benchmark
    public boolean sentinel() {
        return noted(peer.tryAcquire(), true);
    }

    /** Sentinel, a hot parameter of one value: denies; returns whether it allowed: never. */
    @Benchmark
    public boolean sentinelDeny() {
        return noted(peer.tryAcquire(), false);
    }

    private boolean noted(boolean allowed, boolean expected) {
        if (allowed != expected) {
            wrong++;
        }
        return allowed;
    }

    /** Fails if a decision was not the one that the benchmark's name says. */
    @TearDown
    public void checkDecisions() {
        check(wrong == 0, wrong + " calls had the other outcome");
    }
}
