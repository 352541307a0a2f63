package dev.ratelimit.core.internal.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.core.PinnedThreads;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A hundred thousand virtual threads wait at once, and none of them keeps its carrier. Needs JDK 21 or later. */
@Timeout(300)
class VirtualThreadsIT {

    private static final int COUNT = 100_000;

    /** They come first: see {@link PinnedThreads}. */
    private static final int FEW = 10;

    @BeforeEach
    void needsVirtualThreads() {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads come with JDK 21");
    }

    @Test
    void aHundredThousandWaitInVirtualTime() throws Exception {
        assertThat(PinnedThreads.during(() -> waitInVirtualTime(FEW), () -> waitInVirtualTime(COUNT)))
                .isEmpty();
    }

    @Test
    void aHundredThousandWaitInRealTime() throws Exception {
        assertThat(PinnedThreads.during(
                        () -> waitInRealTime(FEW, Duration.ofMillis(500)),
                        () -> waitInRealTime(COUNT, Duration.ofSeconds(5))))
                .isEmpty();
    }

    @Test
    void aHundredThousandWaitForPermitsOfOneKey() throws Exception {
        assertThat(PinnedThreads.during(() -> waitForPermits(FEW), () -> waitForPermits(COUNT)))
                .isEmpty();
    }

    @Test
    void aTwinThatWaitsBelowANativeFrameIsSeen() throws Exception {
        List<RecordedEvent> pinned = PinnedThreads.during(() ->
                join(start(1, () -> assertThat(WaitsWhenLoaded.HAS_WAITED).isTrue())));
        assertThat(pinned).isNotEmpty();
    }

    private static void waitInVirtualTime(int count) throws Exception {
        ManualTime time = new ManualTime();
        long due = Duration.ofDays(1).toNanos();
        AtomicInteger early = new AtomicInteger();
        List<Thread> threads = start(count, () -> await(time, due, early));
        time.awaitPending(count);
        time.advanceNanos(due - 1);
        assertThat(time.pending()).isEqualTo(count);
        time.advanceNanos(1);
        join(threads);
        assertThat(early).hasValue(0);
    }

    /** Each of them through a limiter, a second after the one before. */
    private static void waitForPermits(int count) throws Exception {
        ManualTime time = new ManualTime();
        Policy policy = Policy.of("p", Rate.perSecond(1)).shape(Duration.ofSeconds(count));
        Limiter<String> limiter =
                Limiters.builder(policy).timeSource(time).maximumWaiters(count).build();
        assertThat(limiter.tryAcquire("k")).isTrue();
        AtomicInteger admitted = new AtomicInteger();
        List<Thread> threads = start(count, () -> {
            try {
                admitted.addAndGet(limiter.acquire("k") ? 1 : 0);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        time.awaitPending(count);
        assertThat(admitted).hasValue(0);
        time.advance(Duration.ofSeconds(count - 1));
        assertThat(time.pending()).isEqualTo(1);
        time.advance(Duration.ofSeconds(1));
        join(threads);
        assertThat(admitted).hasValue(count);
    }

    private static void waitInRealTime(int count, Duration in) throws Exception {
        TimeSource time = TimeSource.system();
        AtomicInteger early = new AtomicInteger();
        AtomicInteger come = new AtomicInteger();
        AtomicInteger gone = new AtomicInteger();
        long due = time.nanos() + in.toNanos();
        List<Thread> threads = start(count, () -> {
            come.incrementAndGet();
            await(time, due, early);
            gone.incrementAndGet();
        });
        while (come.get() < count) {
            Thread.onSpinWait();
        }
        System.out.printf(
                "%,d virtual threads have come, %,d have gone, %,d ms before they are due%n",
                come.get(), gone.get(), (due - time.nanos()) / 1_000_000);
        join(threads);
        System.out.printf("the last one is late by %,d ms%n", (time.nanos() - due) / 1_000_000);
        assertThat(early).hasValue(0);
        assertThat(gone).hasValue(count);
    }

    private static void await(TimeSource time, long due, AtomicInteger early) {
        try {
            Sleep.awaitUntil(time, due);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        early.addAndGet(time.nanos() - due < 0 ? 1 : 0);
    }

    /** By reflection, because these tests compile on JDK 17. */
    private static List<Thread> start(int count, Runnable task) throws ReflectiveOperationException {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        var start = Class.forName("java.lang.Thread$Builder").getMethod("start", Runnable.class);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add((Thread) start.invoke(builder, task));
        }
        return threads;
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Whoever uses it first initializes it, and there is a native frame below an initializer. */
    private static final class WaitsWhenLoaded {
        static final boolean HAS_WAITED = hasWaited();

        private static boolean hasWaited() {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            return true;
        }
    }
}
