package dev.ratelimit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.VirtualTimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/**
 * Threads schedule, cancel and advance one time source at once. Each task runs once or is cancelled, never early, and
 * never concurrently with another.
 */
class ManualTimeRaceTest {

    private static final int THREADS = 3;
    private static final int EACH = 20_000;

    @Test
    void eachTaskRunsOnceOrIsCancelled() throws Exception {
        ManualTime time = new ManualTime(Long.MAX_VALUE - 100_000);
        assertThat(faults(time, time::advanceNanos)).isZero();
        assertThat(time.pending()).isZero();
    }

    @Test
    void aTwinThatLetsEveryThreadRunTasksIsCaught() throws Exception {
        long faults = 0;
        for (int attempt = 0; attempt < 50 && faults == 0; attempt++) {
            Broken time = new Broken();
            faults = faults(time, time::advanceNanos);
        }
        assertThat(faults).isPositive();
    }

    /**
     * Returns the number of tasks that neither ran exactly once nor were cancelled, ran early, or ran concurrently with
     * another.
     */
    private static long faults(VirtualTimeSource time, LongConsumer advance) throws Exception {
        AtomicLong faults = new AtomicLong();
        AtomicInteger running = new AtomicInteger();
        List<List<Case>> all = new ArrayList<>();
        List<Future<?>> futures = new ArrayList<>();
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try {
            for (int t = 0; t < THREADS; t++) {
                Random random = new Random(t);
                List<Case> mine = new ArrayList<>();
                all.add(mine);
                futures.add(executor.submit(() -> {
                    for (int i = 0; i < EACH; i++) {
                        Case next = new Case(time, time.nanos() + random.nextInt(50), running, faults);
                        mine.add(next);
                        next.task = time.schedule(next.due, next);
                        if (random.nextBoolean()) {
                            advance.accept(random.nextInt(20));
                        }
                        if (random.nextInt(3) == 0) {
                            mine.get(random.nextInt(mine.size())).cancel();
                        }
                    }
                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        } finally {
            executor.shutdownNow();
        }
        advance.accept(1_000);
        all.forEach(cases -> cases.forEach(each -> faults.addAndGet(each.outcomes.get() == 1 ? 0 : 1)));
        return faults.get();
    }

    /** One task, and how often it ran or was cancelled. */
    private static final class Case implements Runnable {

        private final VirtualTimeSource time;
        private final long due;
        private final AtomicInteger running;
        private final AtomicLong faults;
        private final AtomicInteger outcomes = new AtomicInteger();
        private ScheduledTask task = () -> false;

        Case(VirtualTimeSource time, long due, AtomicInteger running, AtomicLong faults) {
            this.time = time;
            this.due = due;
            this.running = running;
            this.faults = faults;
        }

        @Override
        public void run() {
            boolean isAlone = running.incrementAndGet() == 1;
            boolean isEarly = time.nanos() - due < 0;
            outcomes.incrementAndGet();
            if (!isAlone || isEarly) {
                faults.incrementAndGet();
            }
            running.decrementAndGet();
        }

        void cancel() {
            if (task.cancel()) {
                outcomes.incrementAndGet();
            }
        }
    }

    /**
     * A broken time source: all threads that advance it run its tasks, after a check that the tasks are still
     * scheduled.
     */
    private static final class Broken implements VirtualTimeSource {

        private final AtomicLong now = new AtomicLong();
        private final ConcurrentLinkedQueue<Entry> entries = new ConcurrentLinkedQueue<>();

        private record Entry(long due, Runnable task) {}

        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public ScheduledTask schedule(long instantNanos, Runnable task) {
            Entry entry = new Entry(instantNanos, task);
            entries.add(entry);
            return () -> entries.remove(entry);
        }

        void advanceNanos(long nanos) {
            long reading = now.addAndGet(nanos);
            for (Entry entry : entries) {
                if (entry.due <= reading && entries.contains(entry)) {
                    entries.remove(entry);
                    entry.task.run();
                }
            }
        }
    }
}
