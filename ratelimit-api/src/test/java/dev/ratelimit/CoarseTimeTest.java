package dev.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.internal.OwnThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The life of the coarse time's thread: it comes with a reading, goes without one, and may not come at all. */
@Timeout(60)
class CoarseTimeTest {

    private static final long FOREVER = Long.MAX_VALUE;
    private static final int ROUNDS = 50;
    private static final int READINGS = 2_000;

    private final List<Thread> started = new CopyOnWriteArrayList<>();
    private final ThreadFactory threads = task -> {
        Thread thread = OwnThreads.unstarted("coarse-time-of-a-test", task);
        started.add(thread);
        return thread;
    };

    @Test
    void theThreadEndsWhenNobodyReadsAndTheNextReadingIsFreshAndStartsAnother() throws Exception {
        CoarseTime time = new CoarseTime(threads, 2_000_000, FOREVER);
        assertThat(started).isEmpty();
        time.nanos();
        for (int i = 1; i <= 3; i++) {
            assertThat(started).hasSize(i);
            started.get(i - 1).join();
            long before = System.nanoTime();
            assertThat(time.nanos() - before).isNotNegative();
            assertThat(started).hasSize(i + 1);
        }
    }

    @Test
    void theThreadStaysWhileSomebodyReads() {
        CoarseTime time = new CoarseTime(threads, 600_000_000_000L, FOREVER);
        long first = time.nanos();
        while (time.nanos() - first < 20_000_000) {
            Thread.onSpinWait();
        }
        assertThat(started).singleElement().matches(Thread::isAlive);
        assertThat(started.get(0).isDaemon()).isTrue();
        assertThat(started.get(0).getContextClassLoader()).isNull();
    }

    @Test
    void anInterruptHarmsNothing() throws Exception {
        CoarseTime time = new CoarseTime(threads, 1_000_000, FOREVER);
        time.nanos();
        started.get(0).interrupt();
        started.get(0).join();
        assertThat(time.nanos()).isNotZero();
    }

    @Test
    void whereNoThreadCanBeStartedEachReadingIsTheClocksOwn() {
        AtomicInteger attempts = new AtomicInteger();
        CoarseTime time = new CoarseTime(task -> new Unstartable(attempts), 0, FOREVER);
        for (int i = 0; i < 1_000; i++) {
            long before = System.nanoTime();
            long reading = time.nanos();
            assertThat(reading - before).isNotNegative();
            assertThat(System.nanoTime() - reading).isNotNegative();
        }
        assertThat(attempts).hasValue(1);
    }

    @Test
    void aStartThatFailedIsTriedAgainLater() {
        AtomicInteger attempts = new AtomicInteger();
        CoarseTime time = new CoarseTime(
                task -> attempts.get() < 3 ? new Unstartable(attempts) : threads.newThread(task), FOREVER, 0);
        for (int i = 0; i < 4; i++) {
            assertThat(started).isEmpty();
            time.nanos();
        }
        assertThat(attempts).hasValue(3);
        assertThat(started).singleElement().matches(Thread::isAlive);
    }

    @Test
    void readingsOfManyThreadsNeverGoBackwardsWhileThreadsComeAndGo() throws Exception {
        CoarseTime time = new CoarseTime(threads, 0, FOREVER);
        assertThat(backwards(time, this::awaitTheEndOfTheLatest)).isZero();
        // One that stands still while it starts a thread lets the other go through its rounds without any.
        assertThat(started).as("threads came and went").hasSizeGreaterThan(1);
    }

    private void awaitTheEndOfTheLatest() throws InterruptedException {
        // The other reader may be about to make it, and to start it; to join it before would not wait.
        while (started.isEmpty() || started.get(started.size() - 1).getState() == Thread.State.NEW) {
            Thread.onSpinWait();
        }
        started.get(started.size() - 1).join();
    }

    @Test
    void aTwinWhoseThreadBeginsWithWhatItsStarterReadIsCaught() throws Exception {
        long backwards = 0;
        for (int attempt = 0; attempt < 50 && backwards == 0; attempt++) {
            backwards = backwards(new BrokenTwin(), () -> {});
        }
        assertThat(backwards).isPositive();
    }

    /** What readers do so that the time's thread ends. */
    @FunctionalInterface
    private interface Rest {
        void rest() throws InterruptedException;
    }

    /** How often one of two threads, which read in spells, read less than it had read before. */
    private static long backwards(TimeSource time, Rest rest) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            List<Future<Long>> counts = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                counts.add(executor.submit(() -> {
                    long count = 0;
                    long last = time.nanos();
                    for (int round = 0; round < ROUNDS; round++) {
                        for (int i = 0; i < READINGS; i++) {
                            long next = time.nanos();
                            count += next < last ? 1 : 0;
                            last = next;
                        }
                        rest.rest();
                    }
                    return count;
                }));
            }
            long count = 0;
            for (Future<Long> each : counts) {
                count += each.get();
            }
            return count;
        } finally {
            executor.shutdownNow();
        }
    }

    /** A thread as a system lets it start that has reached its bound on processes. */
    private static final class Unstartable extends Thread {

        private final AtomicInteger attempts;

        Unstartable(AtomicInteger attempts) {
            this.attempts = attempts;
        }

        @Override
        public synchronized void start() {
            attempts.incrementAndGet();
            throw new OutOfMemoryError(
                    "unable to create native thread: possibly out of memory or process/resource limits");
        }
    }

    /** Publishes without the lock what was read before. */
    private static final class BrokenTwin implements TimeSource {

        private final AtomicBoolean hasThread = new AtomicBoolean();
        private volatile long now;

        @Override
        public long nanos() {
            long reading = now;
            if (reading != 0) {
                return reading;
            }
            long own = System.nanoTime();
            if (hasThread.getAndSet(true)) {
                return own;
            }
            Thread thread = new Thread(() -> {
                now = own;
                LockSupport.parkNanos(100_000);
                now = 0;
                hasThread.set(false);
            });
            thread.setDaemon(true);
            thread.start();
            return own;
        }
    }
}
