package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ratelimit.core.PinnedThreads;
import dev.ratelimit.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten thousand virtual threads wait for one key at once, on a handful of carriers; skipped before Java 21. */
@Timeout(120)
@SuppressWarnings("ThreadPriorityCheck") // what is waited for are other threads' next few steps
class VirtualThreadsTest {

    private static final long KEY = 7;
    private static final int LIMIT = 4;
    private static final int THREADS = 10_000;

    /** They come first: see {@link PinnedThreads}. */
    private static final int FEW = 20;

    private static final long SHORT = 1_000;
    private static final long LONG = 1_000_000;
    private static final ConcurrencyBounds BOUNDS = new ConcurrencyBounds(LIMIT, ConcurrencyBounds.FOREVER);

    private static ThreadFactory virtual = Thread::new;

    private final ManualTime time = new ManualTime();
    private final ManualWakeups wakeups = new ManualWakeups(time);
    private final Slots slots = new Slots(time, wakeups, (key, held) -> {});
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger mostInside = new AtomicInteger();
    private final AtomicInteger entered = new AtomicInteger();
    private final AtomicInteger timedOut = new AtomicInteger();
    private final AtomicInteger interrupted = new AtomicInteger();

    /** By reflection, because the code is for Java 17. */
    @BeforeAll
    static void findVirtualThreads() throws ReflectiveOperationException {
        assumeTrue(
                Runtime.version().feature() >= 21,
                () -> "virtual threads came with Java 21; this is " + Runtime.version());
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        virtual = (ThreadFactory)
                Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
    }

    @Test
    void tenThousandWaitForOneKeyAndNoneIsPinned() throws Exception {
        assertThat(PinnedThreads.during(
                        () -> new VirtualThreadsTest().waitForOneKey(FEW), () -> waitForOneKey(THREADS)))
                .isEmpty();
    }

    /** Every tenth is interrupted, every tenth times out, and all others get a slot in the end. */
    private void waitForOneKey(int count) throws Exception {
        List<Slot> held = new ArrayList<>();
        for (int i = 0; i < LIMIT; i++) {
            held.add(Objects.requireNonNull(slots.tryEnter(KEY, BOUNDS)));
        }
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long maxWait = i % 10 == 1 ? SHORT : LONG;
            threads.add(virtual.newThread(() -> enterAndLeave(maxWait)));
        }
        threads.forEach(Thread::start);
        // Only threads that have left their carriers can all be in the queue.
        awaitQueued(count);
        while (wakeups.pending() < count) {
            Thread.yield();
        }
        for (int i = 0; i < count; i += 10) {
            threads.get(i).interrupt();
        }
        awaitQueued(count * 9 / 10);
        wakeups.advanceNanos(SHORT);
        assertThat(slots.waiting(KEY)).isEqualTo(count * 8 / 10);
        assertThat(inside).hasValue(0);
        held.forEach(Slot::close);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(interrupted).hasValue(count / 10);
        assertThat(timedOut).hasValue(count / 10);
        assertThat(entered).hasValue(count * 8 / 10);
        assertThat(mostInside.get()).isBetween(1, LIMIT);
        assertThat(slots.keys()).isZero();
        assertThat(wakeups.pending()).isZero();
    }

    @Test
    void theyRaceAsOthersDo() throws Exception {
        Race.Result result = new Race(Door.of(slots, ConcurrencyBounds.FOREVER), wakeups).run(virtual, 200, 500);
        assertThat(result.mostInside()).isEqualTo(Race.LIMIT);
        assertThat(result.left()).isZero();
        assertThat(result.enteredAfterRefusal()).isPositive();
        assertThat(result.timedOut()).isPositive();
        assertThat(result.interrupted()).isPositive();
    }

    private void enterAndLeave(long maxWait) {
        try {
            if (!(slots.enter(KEY, BOUNDS, maxWait) instanceof Slot slot)) {
                timedOut.incrementAndGet();
                return;
            }
            mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
            entered.incrementAndGet();
            Thread.yield();
            inside.decrementAndGet();
            slot.close();
        } catch (InterruptedException e) {
            interrupted.incrementAndGet();
        }
    }

    private void awaitQueued(int waiting) {
        while (slots.waiting(KEY) != waiting) {
            Thread.yield();
        }
    }
}
