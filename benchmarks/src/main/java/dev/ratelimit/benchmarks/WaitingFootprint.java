package dev.ratelimit.benchmarks;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.runtime.timers.Timers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jol.info.ClassLayout;

/**
 * The memory of a million calls that wait at once without a thread, and the time to begin and to give up.
 *
 * <p>The JVM's own count of live objects, and the heap in use after a collection, are compared before and after; JOL
 * says how large one object of each class is. Timers share the task that they run, so that only what waiting takes is
 * counted.
 *
 * <p>Run by {@code benchmarks/run WaitingFootprint}; the only argument is the file that gets the figures.
 */
public final class WaitingFootprint {

    private static final int COUNT = 1_000_000;
    private static final int KEYS = 100_000;
    private static final String INTERNAL = "dev.ratelimit.core.internal.";
    private static final TimeSource SYSTEM = TimeSource.system();

    /** All calls that wait; reachable to the end, so that they are not collected. */
    private static final Wait[] WAITS = new Wait[COUNT];

    /** What begins to wait, and with it the limiter; reachable until all are counted. */
    private static final AtomicReference<@Nullable Begin> KEPT = new AtomicReference<>();

    private WaitingFootprint() {}

    /**
     * Measures and prints.
     *
     * @param args the file for the figures, if any
     * @throws Exception if the JVM does not count its objects, or the file cannot be written
     */
    public static void main(String[] args) throws Exception {
        List<String> lines = new ArrayList<>();
        for (String name :
                List.of("waiting.Timer", "waiting.Departure", "queue.StageCaller", "queue.Waiter", "queue.WaitQueue")) {
            Class<?> measured = Class.forName(INTERNAL + name);
            lines.add("JOL, one " + measured.getSimpleName() + ": "
                    + ClassLayout.parseClass(measured).instanceSize() + " bytes");
        }
        // The first run compiles what the second one measures.
        timers();
        lines.add(timers());
        stages();
        lines.add(stages());
        stagesApart();
        lines.add(stagesApart());
        lines.forEach(System.out::println);
        if (args.length > 0) {
            Files.write(Path.of(args[0]), lines);
        }
    }

    private static String timers() throws JMException, InterruptedException {
        return line("timer", COUNT, number -> {
            var timer = Timers.schedule(SYSTEM, due(number), WaitingFootprint::nothing);
            return timer::cancel;
        });
    }

    private static String stages() throws JMException, InterruptedException {
        Limiter<String> limiter = Limiters.builder(
                        Policy.of("slow", Rate.perSecond(10).burst(1000)).shape(Duration.ofDays(30)))
                .maxWaiters(COUNT)
                .build();
        // No call departs within the first quarter of an hour.
        for (int i = 0; i < 10; i++) {
            BenchmarkDefaults.check(limiter.reserve("key", 1000).allowed(), "there is room");
        }
        return line("stage of Limiter.acquireAsync", COUNT, number -> {
            Future<?> stage = limiter.acquireAsync("key").toCompletableFuture();
            return () -> stage.cancel(false);
        });
    }

    private static String stagesApart() throws JMException, InterruptedException {
        // In no order, and in a table with room: so none of them is evicted.
        long[] keys = new Random(12).longs(KEYS).toArray();
        Limiter<Long> limiter = Limiters.builder(
                        Policy.of("slow", Rate.perDay(1)).shape(Duration.ofDays(30)))
                .maxKeys(10 * KEYS)
                .maxWaiters(KEYS)
                .build();
        for (long key : keys) {
            BenchmarkDefaults.check(limiter.tryAcquire(key), "a new key was refused");
        }
        return line("stage of Limiter.acquireAsync, each on its own key", KEYS, number -> {
            Future<?> stage = limiter.acquireAsync(keys[number]).toCompletableFuture();
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

    private static String line(String what, int count, Begin begin) throws JMException, InterruptedException {
        // What gives one up is counted beforehand, by as many that do nothing.
        for (int i = 0; i < count; i++) {
            int number = i;
            WAITS[i] = () -> number < 0;
        }
        KEPT.set(begin);
        HeapUse before = HeapUse.now();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            WAITS[i] = begin.begin(i);
        }
        double beginNanos = (System.nanoTime() - start) / (double) count;
        awaitTakenIn();
        HeapUse pending = HeapUse.now().minus(before);
        start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            BenchmarkDefaults.check(WAITS[i].giveUp(), "it was given up");
            int number = i;
            WAITS[i] = () -> number < 0;
        }
        double giveUpNanos = (System.nanoTime() - start) / (double) count;
        awaitTakenIn();
        double clearedNanos = (System.nanoTime() - start) / (double) count;
        HeapUse after = HeapUse.now().minus(before);
        BenchmarkDefaults.check(KEPT.getAndSet(null) != null, "what waits is kept until now");
        return String.format(
                Locale.ROOT,
                "%s: bytes each of %,d pending: %.1f by histogram, %.1f by heap in use; after giving up: %.1f, %.1f;"
                        + " ns each to begin: %.0f, to give up: %.0f, until all are cleared away: %.0f",
                what,
                count,
                pending.liveBytes() / (double) count,
                pending.usedBytes() / (double) count,
                after.liveBytes() / (double) count,
                after.usedBytes() / (double) count,
                beginNanos,
                giveUpNanos,
                clearedNanos);
    }

    /** A task that is due now runs after the thread has taken in whatever was put into its queue before. */
    private static void awaitTakenIn() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        BenchmarkDefaults.check(Timers.schedule(SYSTEM, SYSTEM.nanos(), done::countDown) != null, "there is a timer");
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
