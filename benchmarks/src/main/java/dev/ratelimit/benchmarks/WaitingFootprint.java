package dev.ratelimit.benchmarks;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.core.internal.waiting.Departures;
import dev.ratelimit.core.internal.waiting.Timers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import javax.management.JMException;
import org.openjdk.jol.info.ClassLayout;

/**
 * The memory that a million hold who wait at once without a thread, and what it takes to begin and to give up.
 *
 * <p>The JVM's own count of live objects, and the heap in use after a collection, are compared before and after; JOL says how
 * large one object of each class is. All of them share the task that they run, so that only what waiting takes is counted.
 *
 * <p>Run by {@code benchmarks/run WaitingFootprint}; the only argument is the file that gets the figures.
 */
public final class WaitingFootprint {

    private static final int COUNT = 1_000_000;
    private static final String WAITING = "dev.ratelimit.core.internal.waiting.";
    private static final TimeSource SYSTEM = TimeSource.system();

    /** All that wait; reachable to the end, so that no collection finds it gone. */
    private static final Wait[] WAITS = new Wait[COUNT];

    private WaitingFootprint() {}

    /**
     * Measures and prints.
     *
     * @param args the file for the figures, if any
     * @throws Exception if the JVM does not count its objects, or the file cannot be written
     */
    public static void main(String[] args) throws Exception {
        List<String> lines = new ArrayList<>();
        for (String name : List.of("Timer", "Departure")) {
            lines.add("JOL, one " + name + ": "
                    + ClassLayout.parseClass(Class.forName(WAITING + name)).instanceSize() + " bytes");
        }
        // The first run compiles what the second one measures.
        timers();
        lines.add(timers());
        departures();
        lines.add(departures());
        stages();
        lines.add(stages());
        lines.forEach(System.out::println);
        if (args.length > 0) {
            Files.write(Path.of(args[0]), lines);
        }
    }

    private static String timers() throws JMException, InterruptedException {
        return line("timer", number -> {
            var timer = Timers.schedule(SYSTEM, due(number), WaitingFootprint::nothing, null);
            return timer::cancel;
        });
    }

    private static String departures() throws JMException, InterruptedException {
        return line("departure", number -> {
            Future<?> departure = Departures.at(SYSTEM, due(number), "gone", WaitingFootprint::nothing, null);
            return () -> departure.cancel(false);
        });
    }

    private static String stages() throws JMException, InterruptedException {
        Limiter<String> limiter = Limiters.builder(
                        Policy.of("slow", Rate.perSecond(10).burst(1000)).shape(Duration.ofDays(30)))
                .maximumWaiters(COUNT)
                .build();
        // Nobody departs within the first quarter of an hour.
        for (int i = 0; i < 10; i++) {
            BenchmarkDefaults.check(limiter.reserve("key", 1000).granted(), "there is room");
        }
        return line("stage of Limiter.acquireAsync", number -> {
            Future<?> stage = limiter.acquireAsync("key").toCompletableFuture();
            return () -> stage.cancel(false);
        });
    }

    /** What is waited for; it can be given up. */
    private interface Wait {
        boolean giveUp();
    }

    /** Begins to wait. */
    private interface Begin {
        Wait begin(int number);
    }

    private static String line(String what, Begin begin) throws JMException, InterruptedException {
        // What gives one up is counted beforehand, by as many that do nothing.
        for (int i = 0; i < COUNT; i++) {
            int number = i;
            WAITS[i] = () -> number < 0;
        }
        HeapUse before = HeapUse.now();
        long start = System.nanoTime();
        for (int i = 0; i < COUNT; i++) {
            WAITS[i] = begin.begin(i);
        }
        double beginNanos = (System.nanoTime() - start) / (double) COUNT;
        awaitTakenIn();
        HeapUse pending = HeapUse.now().minus(before);
        start = System.nanoTime();
        for (int i = 0; i < COUNT; i++) {
            BenchmarkDefaults.check(WAITS[i].giveUp(), "it was given up");
            int number = i;
            WAITS[i] = () -> number < 0;
        }
        double giveUpNanos = (System.nanoTime() - start) / (double) COUNT;
        awaitTakenIn();
        double clearedNanos = (System.nanoTime() - start) / (double) COUNT;
        HeapUse after = HeapUse.now().minus(before);
        return String.format(
                Locale.ROOT,
                "%s: bytes each of %,d pending: %.1f by histogram, %.1f by heap in use; after giving up: %.1f, %.1f;"
                        + " ns each to begin: %.0f, to give up: %.0f, until all are cleared away: %.0f",
                what,
                COUNT,
                pending.liveBytes() / (double) COUNT,
                pending.usedBytes() / (double) COUNT,
                after.liveBytes() / (double) COUNT,
                after.usedBytes() / (double) COUNT,
                beginNanos,
                giveUpNanos,
                clearedNanos);
    }

    /** A task that is due now runs after the thread has taken in whatever was put into its queue before. */
    private static void awaitTakenIn() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        BenchmarkDefaults.check(
                Timers.schedule(SYSTEM, SYSTEM.nanos(), done::countDown, null) != null, "there is a timer");
        done.await();
    }

    /** Within an hour to two, in no order. */
    private static long due(int number) {
        long spread = Long.remainderUnsigned(
                number * 0x9E37_79B9_7F4A_7C15L, Duration.ofHours(1).toNanos());
        return SYSTEM.nanos() + Duration.ofHours(1).toNanos() + spread;
    }

    private static void nothing() {}
}
