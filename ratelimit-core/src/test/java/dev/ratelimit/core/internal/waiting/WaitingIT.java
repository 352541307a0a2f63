package dev.ratelimit.core.internal.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.TimeSource;
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

    @ParameterizedTest
    @MethodSource("sources")
    void fiftyThreadsDepartInTurns(TimeSource time) throws Exception {
        AtomicInteger next = new AtomicInteger();
        long[] late = new long[COUNT];
        long start = time.nanos() + 10 * EVERY_NANOS;
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                futures.add(executor.submit(() -> {
                    for (int i = next.getAndIncrement(); i < COUNT; i = next.getAndIncrement()) {
                        long due = start + i * EVERY_NANOS;
                        Sleep.awaitUntil(time, due);
                        late[i] = time.nanos() - due;
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
        report(THREADS + " threads on " + time, late);
    }

    @ParameterizedTest
    @MethodSource("sources")
    void stagesDepartWithoutAThread(TimeSource time) throws Exception {
        CountDownLatch left = new CountDownLatch(COUNT);
        long[] late = new long[COUNT];
        long start = time.nanos() + 10 * EVERY_NANOS;
        for (int i = 0; i < COUNT; i++) {
            int number = i;
            long due = start + i * EVERY_NANOS;
            assertThat(Departures.at(time, due, "gone", () -> {}, null).thenRun(() -> {
                        late[number] = time.nanos() - due;
                        left.countDown();
                    }))
                    .isNotNull();
        }
        left.await();
        report("stages on " + time, late);
    }

    @Test
    void aSourceThatStandsStillIsNotReadInABusyLoop() throws Exception {
        AtomicLong readings = new AtomicLong();
        long start = System.nanoTime();
        TimeSource standing = () -> {
            readings.incrementAndGet();
            // It stands still for a tenth of a second, one nanosecond before it is due.
            return System.nanoTime() - start < Duration.ofMillis(100).toNanos() ? 9 : 10;
        };
        Sleep.awaitUntil(standing, 10);
        long ofThread = readings.getAndSet(0);
        assertThat(ofThread).isBetween(2L, 50L);
    }

    private static void report(String what, long[] late) {
        long[] sorted = late.clone();
        Arrays.sort(sorted);
        System.out.printf(
                "%s: late by %,d us (half), %,d us (99 of 100), %,d us (all) of %,d departures%n",
                what, sorted[COUNT / 2] / 1_000, sorted[COUNT * 99 / 100] / 1_000, sorted[COUNT - 1] / 1_000, COUNT);
        assertThat(sorted[0]).as("early").isNotNegative();
    }
}
