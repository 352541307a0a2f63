package dev.ratelimit.core.internal.limit;

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
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
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
                join(start(1, i -> assertThat(WaitsWhenLoaded.HAS_WAITED).isTrue())));
        assertThat(pinned).isNotEmpty();
    }

    /** Each of them for a key of its own, of which one permit comes back in a period. */
    private static Limiter<Long> apart(Duration period, TimeSource time) {
        return Limiters.builder(Policy.of("p", Rate.of(1, period).burst(1)).shape(period))
                .timeSource(time)
                .maxKeys(10 * COUNT)
                .maxWaiters(COUNT)
                .build();
    }

    /** In no order, and in a table with room: so none of them is evicted. */
    private static long key(int number) {
        return new SplittableRandom(number).nextLong();
    }

    private static void waitInVirtualTime(int count) throws Exception {
        ManualTime time = new ManualTime();
        Duration day = Duration.ofDays(1);
        Limiter<Long> limiter = apart(day, time);
        for (int i = 0; i < count; i++) {
            assertThat(limiter.tryAcquire(key(i))).isTrue();
        }
        AtomicInteger early = new AtomicInteger();
        List<Thread> threads = start(count, i -> {
            acquire(limiter, key(i));
            early.addAndGet(time.nanos() - day.toNanos() < 0 ? 1 : 0);
        });
        time.awaitPending(count);
        time.advance(day.minusNanos(1));
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
                Limiters.builder(policy).timeSource(time).maxWaiters(count).build();
        assertThat(limiter.tryAcquire("k")).isTrue();
        AtomicInteger allowed = new AtomicInteger();
        List<Thread> threads = start(count, i -> {
            acquire(limiter, "k");
            allowed.incrementAndGet();
        });
        time.awaitPending(count);
        assertThat(allowed).hasValue(0);
        time.advance(Duration.ofSeconds(count - 1));
        assertThat(time.pending()).isEqualTo(1);
        time.advance(Duration.ofSeconds(1));
        join(threads);
        assertThat(allowed).hasValue(count);
    }

    /** The first permit of a key is there at once, and the second is due after the period. */
    private static void waitInRealTime(int count, Duration period) throws Exception {
        TimeSource time = TimeSource.system();
        Limiter<Long> limiter = apart(period, time);
        AtomicInteger early = new AtomicInteger();
        AtomicInteger come = new AtomicInteger();
        AtomicInteger gone = new AtomicInteger();
        AtomicLong latest = new AtomicLong();
        List<Thread> threads = start(count, i -> {
            long begun = time.nanos();
            acquire(limiter, key(i));
            come.incrementAndGet();
            acquire(limiter, key(i));
            long late = time.nanos() - begun - period.toNanos();
            early.addAndGet(late < 0 ? 1 : 0);
            latest.accumulateAndGet(late, Math::max);
            gone.incrementAndGet();
        });
        while (come.get() < count) {
            Thread.onSpinWait();
        }
        System.out.printf("%,d virtual threads have come, %,d have gone%n", come.get(), gone.get());
        join(threads);
        System.out.printf("the last one is late by %,d ms%n", latest.get() / 1_000_000);
        assertThat(early).hasValue(0);
        assertThat(gone).hasValue(count);
    }

    private static <K> void acquire(Limiter<K> limiter, K key) {
        try {
            assertThat(limiter.acquire(key)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** By reflection, because these tests compile on JDK 17. */
    private static List<Thread> start(int count, IntConsumer task) throws ReflectiveOperationException {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        var start = Class.forName("java.lang.Thread$Builder").getMethod("start", Runnable.class);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            Runnable numbered = () -> task.accept(number);
            threads.add((Thread) start.invoke(builder, numbered));
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
