package dev.ratelimit.benchmarks;

import com.google.common.util.concurrent.RateLimiter;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.core.Limiters;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The lateness of calls that wait for their turn, and their throughput, in this library and in others.
 *
 * <p>Fifty calls wait at a time: threads, virtual threads where the JDK has them, or stages without a thread. At a rate
 * of a thousand a second the lateness is recorded; at a hundred thousand a second the departures are counted. The first
 * turn is taken without a wait. The n-th departure after it is due n turns after the origin, which is the instant just
 * before the first turn. The cycles of Resilience4j begin when its limiter is made, some 40 µs earlier, so its origin
 * is that instant. This library's limiter has answered a call for another key by then.
 *
 * <p>Run by {@code benchmarks/run WaitersBenchmark}; the only argument is the file that gets the figures.
 */
public final class WaitersBenchmark {

    private static final int WAITING = 50;
    private static final int ROUNDS = 3;
    private static final int SLOW = 1_000;
    private static final int FAST = 100_000;

    private WaitersBenchmark() {}

    /**
     * Measures and prints.
     *
     * @param args the file for the figures, if any
     * @throws Exception if a thread fails or the file cannot be written
     */
    public static void main(String[] args) throws Exception {
        Recorded recorded = measure(2_000, 60_000);
        WaitersComplexity.measure(recorded, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000);
        System.out.print(recorded.json());
        if (args.length > 0) {
            recorded.write(Path.of(args[0]));
        }
    }

    /** The departures in each round, when lateness is measured and when throughput is measured. */
    static Recorded measure(int slow, int fast) throws Exception {
        Recorded recorded = new Recorded();
        for (Map.Entry<String, Way> way : ways().entrySet()) {
            double[] half = new double[ROUNDS];
            double[] most = new double[ROUNDS];
            double[] throughput = new double[ROUNDS];
            for (int round = -1; round < ROUNDS; round++) {
                long[] late = lateness(way.getValue().depart(SLOW, slow), SLOW);
                long[] departed = way.getValue().depart(FAST, fast);
                if (round >= 0) {
                    half[round] = late[late.length / 2] / 1e3;
                    most[round] = late[(int) (late.length * 0.99)] / 1e3;
                    throughput[round] = (departed.length - 1) * 1e9 / (departed[departed.length - 1] - departed[0]);
                }
            }
            String name = "WaitersBenchmark." + way.getKey();
            recorded.add(name, "late50", "us", half);
            recorded.add(name, "late99", "us", most);
            recorded.add(name, "throughput", "departures/s", throughput);
        }
        return recorded;
    }

    /** One way to wait: returns the instants of a number of departures at a rate per second, in order. */
    private interface Way {
        long[] depart(int perSecond, int count) throws Exception;
    }

    /** Waits for one turn. */
    private interface Turn {
        void await() throws Exception;

        /** The origin from which turns are counted, read before the first turn. */
        default long origin() throws ReflectiveOperationException {
            return System.nanoTime();
        }
    }

    private static Map<String, Way> ways() {
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("threads", (perSecond, count) -> threads(count, Thread::new, () -> ours(perSecond)));
        if (VirtualThreads.available()) {
            ways.put(
                    "virtualThreads",
                    (perSecond, count) -> threads(count, VirtualThreads::unstarted, () -> ours(perSecond)));
        }
        ways.put("async", WaitersBenchmark::stages);
        ways.put(
                "guava",
                (perSecond, count) -> threads(count, Thread::new, () -> RateLimiter.create(perSecond)::acquire));
        ways.put("resilience4j", (perSecond, count) -> threads(count, Thread::new, () -> resilience4j(perSecond)));
        ways.put(
                "failsafe",
                (perSecond, count) -> threads(
                        count,
                        Thread::new,
                        () -> dev.failsafe.RateLimiter.smoothBuilder(perSecond, Duration.ofSeconds(1))
                                .build()::acquirePermit));
        return ways;
    }

    private static Limiter<String> limiter(int perSecond) {
        Limiter<String> limiter = Limiters.perKey(
                Policy.of("shaped", Rate.perSecond(perSecond).burst(1)).shape(Duration.ofSeconds(10)));
        // The first call of all takes some 0.1 ms, which is not a wait; it would lie between origin and first turn.
        BenchmarkDefaults.check(limiter.tryAcquire("another key"), "a new key was refused");
        return limiter;
    }

    private static Turn ours(int perSecond) {
        Limiter<String> limiter = limiter(perSecond);
        return () -> BenchmarkDefaults.check(limiter.acquire("key"), "fifty may wait");
    }

    private static Turn resilience4j(int perSecond) {
        var limiter = io.github.resilience4j.ratelimiter.RateLimiter.of(
                "limiter",
                RateLimiterConfig.custom()
                        .limitForPeriod(1)
                        .limitRefreshPeriod(Duration.ofNanos(1_000_000_000 / perSecond))
                        .timeoutDuration(Duration.ofSeconds(10))
                        .build());
        return new Turn() {
            @Override
            public void await() {
                BenchmarkDefaults.check(limiter.acquirePermission(), "fifty may wait");
            }

            @Override
            public long origin() throws ReflectiveOperationException {
                Field start = limiter.getClass().getDeclaredField("nanoTimeStart");
                start.setAccessible(true);
                return start.getLong(limiter);
            }
        };
    }

    /** What makes a thread. */
    private interface Factory {
        Thread of(Runnable work);
    }

    /**
     * The threads start before the limiter is made: starting them may take longer than a turn, which would be lost.
     */
    private static long[] threads(int count, Factory factory, Supplier<Turn> limiter) throws Exception {
        long[] departed = new long[count];
        CompletableFuture<Turn> firstTaken = new CompletableFuture<>();
        AtomicInteger next = new AtomicInteger(1);
        AtomicInteger failures = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < WAITING; t++) {
            Thread thread = factory.of(() -> {
                try {
                    Turn turn = firstTaken.get();
                    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                        turn.await();
                        departed[i] = System.nanoTime();
                    }
                } catch (Exception e) {
                    failures.incrementAndGet();
                }
            });
            thread.start();
            threads.add(thread);
        }
        try {
            Turn turn = limiter.get();
            departed[0] = turn.origin();
            turn.await();
            firstTaken.complete(turn);
        } finally {
            // If the first turn failed, no thread waits for it any longer.
            firstTaken.cancel(false);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        BenchmarkDefaults.check(failures.get() == 0, failures + " threads failed");
        Arrays.sort(departed);
        return departed;
    }

    /** Fifty chains: each departure begins to wait again. */
    private static long[] stages(int perSecond, int count) throws Exception {
        Chains chains = new Chains(limiter(perSecond), count);
        chains.departed[0] = System.nanoTime();
        BenchmarkDefaults.check(chains.limiter.acquire("key"), "the first does not wait");
        for (int i = 0; i < WAITING; i++) {
            chains.next();
        }
        chains.left.await();
        BenchmarkDefaults.check(chains.refused.get() == 0, chains.refused + " were refused");
        Arrays.sort(chains.departed);
        return chains.departed;
    }

    private static final class Chains {
        private final Limiter<String> limiter;
        private final long[] departed;
        private final AtomicInteger begun = new AtomicInteger(1);
        private final AtomicInteger refused = new AtomicInteger();
        private final CountDownLatch left;

        Chains(Limiter<String> limiter, int count) {
            this.limiter = limiter;
            departed = new long[count];
            left = new CountDownLatch(count - 1);
        }

        void next() {
            int number = begun.getAndIncrement();
            if (number >= departed.length) {
                return;
            }
            CompletionStage<Void> gone = limiter.acquireAsync("key").thenAccept(decision -> {
                departed[number] = System.nanoTime();
                if (!decision.allowed()) {
                    refused.incrementAndGet();
                }
                left.countDown();
                next();
            });
            BenchmarkDefaults.check(gone != null, "there is a stage");
        }
    }

    /** How late each after the first was, sorted. */
    static long[] lateness(long[] departed, int perSecond) {
        long every = 1_000_000_000L / perSecond;
        long[] late = new long[departed.length - 1];
        for (int i = 0; i < late.length; i++) {
            late[i] = departed[i + 1] - departed[0] - (i + 1) * every;
        }
        Arrays.sort(late);
        return late;
    }
}
