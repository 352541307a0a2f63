package dev.ratelimit.benchmarks;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.runtime.timers.Sleep;
import dev.ratelimit.runtime.timers.Timers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The lateness of departures: a thousand a second for ten seconds, of which fifty calls wait at a time.
 *
 * <p>The two ways of waiting for a limiter are compared with their parts, which are sleeping threads and timers, and
 * with three references: threads that only call {@code parkNanos}, threads that spin through the last 100 µs, and the
 * JDK's executor of scheduled tasks. A departure that is early fails the run.
 *
 * <p>Run by {@code benchmarks/run WaitingLateness}; the only argument is the file that gets the figures.
 */
public final class WaitingLateness {

    private static final int WAITING = 50;
    private static final int COUNT = 10_000;
    private static final int WARM_UP = 2_000;
    private static final long EVERY_NANOS = 1_000_000;
    private static final long SPIN_NANOS = 100_000;
    private static final TimeSource SYSTEM = TimeSource.system();

    private WaitingLateness() {}

    /**
     * Measures and prints.
     *
     * @param args the file for the figures, if any
     * @throws Exception if a thread fails, a departure is early, or the file cannot be written
     */
    public static void main(String[] args) throws Exception {
        List<String> lines = new ArrayList<>();
        for (Way way : ways()) {
            way.run.departures(WARM_UP).line(way.name);
            String line = way.run.departures(COUNT).line(way.name);
            System.out.println(line);
            lines.add(line);
        }
        if (args.length > 0) {
            Files.write(Path.of(args[0]), lines);
        }
    }

    private static List<Way> ways() {
        return List.of(
                new Way("threads, Limiter.acquire", WaitingLateness::limiter),
                new Way("stages, Limiter.acquireAsync", WaitingLateness::limiterStages),
                new Way("threads, Sleep.rest", count -> threads(SYSTEM, count, WaitingLateness::sleep)),
                new Way("timers", count -> timers(SYSTEM, count)),
                new Way(
                        "threads woken by timers, coarse time",
                        count -> threads(TimeSource.coarse(), count, WaitingLateness::awaitTimer)),
                new Way("timers, coarse time", count -> timers(TimeSource.coarse(), count)),
                new Way(
                        "for comparison: threads, parkNanos only",
                        count -> threads(SYSTEM, count, WaitingLateness::park)),
                new Way("for comparison: threads, 100 us spun", count -> threads(SYSTEM, count, WaitingLateness::spin)),
                new Way("for comparison: ScheduledThreadPoolExecutor", WaitingLateness::scheduled));
    }

    /** One way to wait. */
    private record Way(String name, Run run) {}

    /** What measures one way. */
    private interface Run {
        Lateness departures(int count) throws Exception;
    }

    /** How a thread waits. */
    private interface Wait {
        void until(TimeSource time, long due) throws InterruptedException;
    }

    private static Lateness threads(TimeSource time, int count, Wait wait) throws Exception {
        Lateness lateness = new Lateness(count);
        inThreads(count, () -> time.nanos() + 10 * EVERY_NANOS, (start, i) -> {
            long due = start + i * EVERY_NANOS;
            wait.until(time, due);
            lateness.note(i, time.nanos() - due);
        });
        return lateness;
    }

    /** The limiter decides which thread has which turn, so the n-th departure is compared with the n-th turn. */
    private static Lateness limiter(int count) throws Exception {
        Limiter<String> limiter = aThousandASecond();
        long[] departed = new long[count];
        Lateness lateness = new Lateness(count);
        long first = inThreads(count, () -> firstTurn(limiter), (start, i) -> {
            BenchmarkDefaults.check(limiter.acquire("key"), "fifty may wait");
            departed[i] = SYSTEM.nanos();
        });
        noteTurns(lateness, departed, first);
        return lateness;
    }

    /** Fifty chains: each departure begins to wait again. */
    private static Lateness limiterStages(int count) throws InterruptedException {
        Limiter<String> limiter = aThousandASecond();
        long[] departed = new long[count];
        Lateness lateness = new Lateness(count);
        AtomicInteger next = new AtomicInteger();
        CountDownLatch left = new CountDownLatch(count);
        long first = firstTurn(limiter);
        for (int i = 0; i < WAITING; i++) {
            chain(limiter, departed, next, left);
        }
        left.await();
        noteTurns(lateness, departed, first);
        return lateness;
    }

    private static void chain(Limiter<String> limiter, long[] departed, AtomicInteger next, CountDownLatch left) {
        int number = next.getAndIncrement();
        if (number >= departed.length) {
            return;
        }
        CompletionStage<Void> gone = limiter.acquireAsync("key").thenAccept(decision -> {
            // A refused call counts as early.
            departed[number] = decision.allowed() ? SYSTEM.nanos() : Long.MIN_VALUE;
            chain(limiter, departed, next, left);
            left.countDown();
        });
        BenchmarkDefaults.check(gone != null, "there is a stage");
    }

    private static Limiter<String> aThousandASecond() {
        Limiter<String> limiter = Limiters.perKey(
                Policy.of("a thousand a second", Rate.perSecond(1000).burst(1)).shape(Duration.ofSeconds(1)));
        // The first call of all takes some 0.1 ms, which is not a wait; it would lie between origin and first turn.
        BenchmarkDefaults.check(limiter.tryAcquire("another key"), "a new key was refused");
        return limiter;
    }

    /** Takes the first turn; returns the instant just before. */
    private static long firstTurn(Limiter<String> limiter) throws InterruptedException {
        long before = SYSTEM.nanos();
        BenchmarkDefaults.check(limiter.acquire("key"), "the first does not wait");
        return before;
    }

    private static void noteTurns(Lateness lateness, long[] departed, long first) {
        long[] sorted = Arrays.stream(departed).map(at -> at - first).sorted().toArray();
        for (int i = 0; i < sorted.length; i++) {
            lateness.note(i, sorted[i] - (i + 1) * EVERY_NANOS);
        }
    }

    /** What turns are counted from. */
    private interface Origin {
        long nanos() throws InterruptedException;
    }

    /** One departure. */
    private interface Departing {
        void number(long start, int departure) throws InterruptedException;
    }

    /**
     * The threads start before the origin is read: starting them may take longer than a turn, which would be lost.
     */
    private static long inThreads(int count, Origin origin, Departing departing) throws Exception {
        CompletableFuture<Long> begin = new CompletableFuture<>();
        AtomicInteger next = new AtomicInteger();
        AtomicInteger failures = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < WAITING; t++) {
            Thread thread = new Thread(() -> {
                try {
                    long start = begin.get();
                    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                        departing.number(start, i);
                    }
                } catch (Exception e) {
                    failures.incrementAndGet();
                }
            });
            thread.start();
            threads.add(thread);
        }
        long start;
        try {
            start = origin.nanos();
            begin.complete(start);
        } finally {
            // If the first turn failed, no thread waits for it any longer.
            begin.cancel(false);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        BenchmarkDefaults.check(failures.get() == 0, failures + " threads failed");
        return start;
    }

    private static void park(TimeSource time, long due) {
        for (long left = due - time.nanos(); left > 0; left = due - time.nanos()) {
            LockSupport.parkNanos(left);
        }
    }

    private static void spin(TimeSource time, long due) {
        park(time, due - SPIN_NANOS);
        while (due - time.nanos() > 0) {
            Thread.onSpinWait();
        }
    }

    private static void sleep(TimeSource time, long due) {
        while (!Sleep.isOver(due)) {
            Sleep.rest(time, due);
        }
    }

    private static void awaitTimer(TimeSource time, long due) throws InterruptedException {
        CountDownLatch come = new CountDownLatch(1);
        BenchmarkDefaults.check(Timers.schedule(time, due, come::countDown) != null, "there is a timer");
        come.await();
    }

    private static Lateness timers(TimeSource time, int count) throws InterruptedException {
        return chained(time, count, (due, departed) -> {
            BenchmarkDefaults.check(Timers.schedule(time, due, departed) != null, "there is a timer");
        });
    }

    private static Lateness scheduled(int count) throws InterruptedException {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        try {
            return chained(SYSTEM, count, (due, departed) -> {
                BenchmarkDefaults.check(
                        executor.schedule(departed, due - SYSTEM.nanos(), TimeUnit.NANOSECONDS) != null,
                        "there is a task");
            });
        } finally {
            executor.shutdown();
        }
    }

    /** What runs a task at an instant. */
    private interface Scheduling {
        void at(long due, Runnable departed);
    }

    /** Each departure schedules the one that is fifty after it. */
    private static Lateness chained(TimeSource time, int count, Scheduling scheduling) throws InterruptedException {
        Lateness lateness = new Lateness(count);
        CountDownLatch left = new CountDownLatch(count);
        Chain chain = new Chain(time, time.nanos() + 10 * EVERY_NANOS, count, scheduling, lateness, left);
        for (int i = 0; i < WAITING; i++) {
            chain.schedule(i);
        }
        left.await();
        return lateness;
    }

    private record Chain(
            TimeSource time, long start, int count, Scheduling scheduling, Lateness lateness, CountDownLatch left) {

        void schedule(int number) {
            long due = start + number * EVERY_NANOS;
            scheduling.at(due, () -> {
                lateness.note(number, time.nanos() - due);
                if (number + WAITING < count) {
                    schedule(number + WAITING);
                }
                left.countDown();
            });
        }
    }
}
