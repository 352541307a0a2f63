package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A thousand departures a second in real time: none is early. How late they are is printed, and not asserted. */
@Timeout(120)
class WaitingIT {

    private static final String KEY = "key";
    private static final int COUNT = 2_000;
    private static final int THREADS = 50;
    private static final long EVERY_NANOS = 1_000_000;

    static Stream<TimeSource> sources() {
        return Stream.of(TimeSource.system(), TimeSource.coarse(), new Shifted(12_345));
    }

    /** A source that is neither of the library's own. */
    private record Shifted(long by) implements TimeSource {

        @Override
        public long nanos() {
            return System.nanoTime() + by;
        }
    }

    /** A permit each millisecond, of which none is saved up. */
    private static Limiter<String> limiter(TimeSource time) {
        return Limiters.builder(Policy.of("p", Rate.perSecond(1_000).burst(1)).shape(Duration.ofMinutes(1)))
                .timeSource(time)
                .build();
    }

    @ParameterizedTest
    @MethodSource("sources")
    void fiftyThreadsDepartInTurns(TimeSource time) throws Exception {
        Limiter<String> limiter = limiter(time);
        AtomicInteger next = new AtomicInteger();
        long[] departed = new long[COUNT];
        long first = time.nanos();
        assertThat(limiter.acquire(KEY)).isTrue();
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                futures.add(executor.submit(() -> {
                    for (int i = next.getAndIncrement(); i < COUNT; i = next.getAndIncrement()) {
                        assertThat(limiter.acquire(KEY)).isTrue();
                        departed[i] = time.nanos() - first;
                    }
                    return null;
                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        } finally {
            executor.shutdownNow();
        }
        report(THREADS + " threads on " + time, departed);
    }

    @ParameterizedTest
    @MethodSource("sources")
    void stagesDepartWithoutAThread(TimeSource time) throws Exception {
        Limiter<String> limiter = limiter(time);
        CountDownLatch left = new CountDownLatch(COUNT);
        long[] departed = new long[COUNT];
        long first = time.nanos();
        assertThat(limiter.acquire(KEY)).isTrue();
        for (int i = 0; i < COUNT; i++) {
            int number = i;
            assertThat(limiter.acquireAsync(KEY).thenAccept(decision -> {
                        departed[number] = decision.allowed() ? time.nanos() - first : Long.MIN_VALUE;
                        left.countDown();
                    }))
                    .isNotNull();
        }
        left.await();
        report("stages on " + time, departed);
    }

    @Test
    void aSourceThatStandsStillIsNotReadInABusyLoop() throws Exception {
        AtomicLong readings = new AtomicLong();
        AtomicLong start = new AtomicLong(System.nanoTime() + Duration.ofDays(1).toNanos());
        TimeSource standing = () -> {
            readings.incrementAndGet();
            long since = System.nanoTime() - start.get();
            // It stands still for a tenth of a second, one nanosecond before the second turn.
            return since < 0 ? 0 : since < Duration.ofMillis(100).toNanos() ? 999_999 : 1_000_000;
        };
        Limiter<String> limiter = limiter(standing);
        assertThat(limiter.acquire(KEY)).isTrue();
        start.set(System.nanoTime());
        readings.set(0);
        assertThat(limiter.acquire(KEY)).isTrue();
        assertThat(readings.get()).isBetween(2L, 50L);
    }

    /** The n-th to depart is compared with the n-th turn after the first, which was taken without a wait. */
    private static void report(String what, long[] departed) {
        long[] late = departed.clone();
        Arrays.sort(late);
        for (int i = 0; i < COUNT; i++) {
            late[i] -= (i + 1) * EVERY_NANOS;
        }
        Arrays.sort(late);
        System.out.printf(
                "%s: late by %,d us (half), %,d us (99 of 100), %,d us (all) of %,d departures%n",
                what, late[COUNT / 2] / 1_000, late[COUNT * 99 / 100] / 1_000, late[COUNT - 1] / 1_000, COUNT);
        assertThat(late[0]).as("early").isNotNegative();
    }
}
