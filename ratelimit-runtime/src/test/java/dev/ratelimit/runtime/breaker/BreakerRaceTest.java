package dev.ratelimit.runtime.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that fail at once: a breaker opens once, is probed by one at a time, and tells of it in order. */
@Timeout(60)
class BreakerRaceTest {

    private static final int THREADS = 4;
    private static final BreakerRules RULES =
            new BreakerRules(3, Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(1));

    /** What a race runs on: a breaker, or a twin of it. */
    private interface Subject {
        boolean permits();

        void failed();

        void succeeded();
    }

    private static void race(Subject subject, ManualTime time, int rounds) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            boolean advances = t == 0;
            FutureTask<Void> task = new FutureTask<>(() -> {
                start.await();
                for (int i = 0; i < rounds; i++) {
                    if (subject.permits()) {
                        subject.failed();
                    }
                    if (i % 50 == 0) {
                        subject.succeeded();
                    }
                    if (advances && i % 10 == 0) {
                        time.advance(Duration.ofMillis(1));
                    }
                }
                return null;
            });
            new Thread(task).start();
            tasks.add(task);
        }
        for (FutureTask<Void> task : tasks) {
            task.get();
        }
    }

    @RepeatedTest(5)
    void eventsTakeTurnsAndNoTwoProbesMeet() throws Exception {
        ManualTime time = new ManualTime();
        AtomicInteger probing = new AtomicInteger();
        AtomicInteger met = new AtomicInteger();
        List<String> events = new ArrayList<>();
        Breaker breaker = new Breaker(RULES, time, Runnable::run, () -> 0, () -> 10_000_000_000L, () -> {
            met.addAndGet(probing.getAndIncrement());
            probing.decrementAndGet();
            return true;
        });
        BreakerListener listener = new BreakerListener() {
            @Override
            public void opened(Throwable cause) {
                // Without a lock: they come one after the other, or the list is broken.
                events.add("opened");
            }

            @Override
            public void closed(Duration open) {
                events.add("closed");
            }
        };
        breaker.tell(listener);
        Subject subject = new Subject() {
            @Override
            public boolean permits() {
                return breaker.permits();
            }

            @Override
            public void failed() {
                breaker.failed(new IllegalStateException());
            }

            @Override
            public void succeeded() {
                breaker.succeeded();
            }
        };
        // On a busy machine one thread may run alone for most of a race, and the breaker then changes seldom.
        for (int attempt = 0; attempt < 1_000 && events.size() <= 10; attempt++) {
            race(subject, time, 20_000);
            time.advance(Duration.ofMillis(2));
        }
        assertThat(met).hasValue(0);
        assertThat(breaker.permits()).isTrue();
        assertThat(events).hasSizeGreaterThan(10);
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i)).isEqualTo(i % 2 == 0 ? "opened" : "closed");
        }
    }

    /** The twin looks at its state first, and writes it then. */
    private static final class LooksFirst implements Subject {
        private volatile int failures;
        private volatile boolean open;
        final AtomicInteger opened = new AtomicInteger();

        @Override
        public boolean permits() {
            return !open;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // the fault
        public void failed() {
            failures++;
            if (failures >= 3 && !open) {
                LockSupport.parkNanos(1);
                open = true;
                opened.incrementAndGet();
            }
        }

        @Override
        public void succeeded() {
            // It stays open, so that it should have opened once.
        }
    }

    @Test
    void oneThatLooksFirstIsCaught() throws Exception {
        int most = 0;
        // On a busy machine threads may take turns for a while.
        for (int attempt = 0; attempt < 5_000 && most <= 1; attempt++) {
            LooksFirst twin = new LooksFirst();
            race(twin, new ManualTime(), 20);
            most = twin.opened.get();
        }
        assertThat(most).isGreaterThan(1);
    }
}
