package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads of two nodes on one key, while leases end: never more than the limit, and in the end all of it. */
@Timeout(60)
class PrefetchingRaceTest {

    private static final int THREADS = 4;
    private static final long LIMIT = 50_000;

    private final ManualTime time = new ManualTime();

    /** How many calls all threads were granted, each until it was refused so often. */
    private long granted(List<BooleanSupplier> nodes, int refusals) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<FutureTask<Long>> tasks = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            BooleanSupplier node = nodes.get(t % nodes.size());
            FutureTask<Long> task = new FutureTask<>(() -> {
                start.await();
                long granted = 0;
                for (int refused = 0; refused < refusals; ) {
                    if (node.getAsBoolean()) {
                        granted++;
                    } else {
                        refused++;
                    }
                    if (granted % 64 == 0) {
                        time.advanceNanos(100_000);
                    }
                }
                return granted;
            });
            new Thread(task).start();
            tasks.add(task);
        }
        long granted = 0;
        for (FutureTask<Long> task : tasks) {
            granted += task.get();
        }
        return granted;
    }

    @RepeatedTest(5)
    void neverMoreThanTheLimitAndInTheEndAllOfIt() throws Exception {
        QuotaStore store = PrefetchingNode.store();
        PrefetchingNode one = new PrefetchingNode(store, time, LIMIT);
        PrefetchingNode two = new PrefetchingNode(store, time, LIMIT);
        long granted = granted(List.of(() -> one.grants(1), () -> two.grants(1)), 10);
        assertThat(granted).isLessThanOrEqualTo(LIMIT);
        time.advance(PrefetchingNode.TERM);
        assertThat(one.used()).isEqualTo(granted);
        while (one.grants(1) || two.grants(1)) {
            granted++;
            time.advance(PrefetchingNode.TERM);
        }
        assertThat(granted).isEqualTo(LIMIT);
    }

    /** The twin looks how many are left, and takes one of them then. */
    private static final class LooksFirst {
        private final PrefetchingNode node;
        private volatile long left;

        LooksFirst(PrefetchingNode node) {
            this.node = node;
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // the fault
        boolean grants() {
            if (left > 0) {
                left--;
                return true;
            }
            if (!node.grants(8)) {
                return false;
            }
            left += 7;
            return true;
        }
    }

    /** Whether what was granted and what is left is what was counted, after a race of one that looks first. */
    private boolean agrees(UnaryOperator<BooleanSupplier> guard) throws Exception {
        PrefetchingNode node = new PrefetchingNode(PrefetchingNode.store(), time, LIMIT);
        LooksFirst twin = new LooksFirst(node);
        long granted = granted(List.of(guard.apply(twin::grants)), 1);
        return node.used() == granted + twin.left;
    }

    @Test
    void oneThatLooksFirstIsCaught() throws Exception {
        boolean agrees = true;
        // On a busy machine threads may take turns for a while.
        for (int attempt = 0; attempt < 1_000 && agrees; attempt++) {
            agrees = agrees(twin -> twin);
        }
        assertThat(agrees).isFalse();
    }

    /** It is its race that the twin is caught by. */
    @RepeatedTest(5)
    void oneThatLooksFirstUnderALockIsNot() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        assertThat(agrees(twin -> () -> {
                    lock.lock();
                    try {
                        return twin.getAsBoolean();
                    } finally {
                        lock.unlock();
                    }
                }))
                .isTrue();
    }
}
