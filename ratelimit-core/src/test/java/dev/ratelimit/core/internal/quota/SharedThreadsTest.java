package dev.ratelimit.core.internal.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.testing.ManualTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Few threads do the work of many services, in order for each, and work that is stuck holds up nobody else's. */
@Timeout(60)
class SharedThreadsTest {

    private static final int SERVICES = 1_000;

    private final ManualTime time = new ManualTime();
    private final AtomicInteger started = new AtomicInteger();
    private final CountDownLatch never = new CountDownLatch(1);
    private final SharedThreads threads = new SharedThreads(time, task -> {
        started.incrementAndGet();
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });

    @AfterEach
    void letGo() {
        never.countDown();
    }

    /** Work that ends only when the test does. */
    private void hang(Executor executor, CountDownLatch begun) {
        executor.execute(() -> {
            begun.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Test
    void manyServicesHaveFewThreads() throws Exception {
        CountDownLatch done = new CountDownLatch(SERVICES);
        for (int i = 0; i < SERVICES; i++) {
            new InOrder(threads).execute(done::countDown);
        }
        done.await();
        assertThat(started.get()).isBetween(1, SharedThreads.FEW);
    }

    @Test
    void whatIsStuckHoldsUpNobodyElse() throws Exception {
        CountDownLatch begun = new CountDownLatch(SharedThreads.FEW);
        for (int i = 0; i < SharedThreads.FEW; i++) {
            hang(new InOrder(threads), begun);
        }
        begun.await();
        CountDownLatch done = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            new InOrder(threads).execute(done::countDown);
        }
        assertThat(started).hasValue(SharedThreads.FEW);
        time.advanceNanos(SharedThreads.PATIENCE_NANOS);
        done.await();
        assertThat(started.get()).isBetween(SharedThreads.FEW + 1, 2 * SharedThreads.FEW);
    }

    @Test
    void whatIsStuckHoldsABoundedNumberOfThreads() throws Exception {
        int all = SharedThreads.FEW + SharedThreads.MAX_STUCK;
        CountDownLatch begun = new CountDownLatch(all);
        for (int i = 0; i < 2 * all; i++) {
            hang(new InOrder(threads), begun);
        }
        while (!begun.await(1, TimeUnit.MILLISECONDS)) {
            time.advanceNanos(SharedThreads.PATIENCE_NANOS);
        }
        for (int i = 0; i < 100; i++) {
            time.advanceNanos(SharedThreads.PATIENCE_NANOS);
        }
        assertThat(started).hasValue(all);
    }

    @Test
    void tasksOfAServiceRunInTheirOrderWhateverTheyThrow() throws Exception {
        InOrder service = new InOrder(threads);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean met = new AtomicBoolean();
        AtomicInteger running = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(200);
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {});
        try {
            for (int i = 0; i < 200; i++) {
                int number = i;
                service.execute(() -> {
                    met.compareAndSet(false, running.getAndIncrement() != 0);
                    order.add(number);
                    running.decrementAndGet();
                    done.countDown();
                    if (number % 50 == 0) {
                        throw new StackOverflowError("deep in a driver");
                    }
                });
            }
            done.await();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(met).isFalse();
        assertThat(order).isSorted().hasSize(200);
    }

    @Test
    void aTaskForWhichThereIsNoThreadIsNotKept() {
        AtomicBoolean none = new AtomicBoolean(true);
        List<Runnable> given = new ArrayList<>();
        InOrder service = new InOrder(task -> {
            if (none.get()) {
                throw new RejectedExecutionException("no thread");
            }
            given.add(task);
        });
        List<Integer> order = new ArrayList<>();
        assertThatThrownBy(() -> service.execute(() -> order.add(1))).isInstanceOf(RejectedExecutionException.class);
        none.set(false);
        service.execute(() -> order.add(2));
        service.execute(() -> order.add(3));
        none.set(true);
        // The thread of the second goes on with the third.
        given.remove(0).run();
        assertThat(order).containsExactly(2, 3);
        none.set(false);
        service.execute(() -> order.add(4));
        given.remove(0).run();
        assertThat(order).containsExactly(2, 3, 4);
    }
}
