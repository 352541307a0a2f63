package dev.ratelimit.core.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.runtime.timers.Timers;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Stages that wait at once, a million for one key and one each for a hundred thousand: they take bounded memory, and give it back
 * when they are cancelled. Were a cancellation to look at all that wait behind it, a million would take hours.
 */
@Timeout(120)
class MillionWaitersIT {

    private static final int MILLION = 1_000_000;
    private static final int KEYS = 100_000;
    private static final TimeSource SYSTEM = TimeSource.system();

    /** Beside what is counted: parts of the timers' queue, and what the JVM does meanwhile. */
    private static final long SLACK_BYTES = 1_000_000;

    @Test
    void aStageThatWaitsWithAMillionOthersTakes346BytesAtMost() throws Exception {
        Limiter<Long> limiter = Limiters.builder(
                        Policy.of("slow", Rate.perSecond(10).burst(1_000)).shape(Duration.ofDays(30)))
                .maxWaiters(MILLION)
                .build();
        // Nobody departs within the first quarter of an hour.
        for (int i = 0; i < 10; i++) {
            assertThat(limiter.reserve(0L, 1_000).allowed()).isTrue();
        }
        // 328 bytes each, a slot of 12 bytes for its timer, and half as many slots again.
        measure("stage on one key", MILLION, 346, i -> limiter.acquireAsync(0L).toCompletableFuture());
        assertThat(limiter.snapshot(0L).budgets().get(0).debt()).isLessThanOrEqualTo(10_000);
    }

    @Test
    void aStageThatWaitsForAKeyOfItsOwnTakes669BytesAtMost() throws Exception {
        Limiter<Long> limiter = Limiters.builder(
                        Policy.of("slow", Rate.perDay(1)).shape(Duration.ofDays(30)))
                .maxWaiters(KEYS)
                .maxKeys(10 * KEYS)
                .build();
        // In no order, and in a table with room: so none of them is evicted.
        long[] keys = new Random(12).longs(KEYS).toArray();
        for (long key : keys) {
            assertThat(limiter.tryAcquire(key)).isTrue();
        }
        // As above, 312 bytes for the queue and its entry in a map, and 11 for the map's slots.
        measure(
                "stage on a key of its own",
                KEYS,
                669,
                i -> limiter.acquireAsync(keys[i]).toCompletableFuture());
        // The limiter is there to the end, so that what it keeps is counted.
        assertThat(limiter.snapshot(keys[0]).budgets().get(0).debt()).isEqualTo(1);
    }

    private static void measure(String what, int count, int most, IntFunction<CompletableFuture<?>> begin)
            throws Exception {
        CompletableFuture<?>[] stages = new CompletableFuture<?>[count];
        int[] order = order(count);
        awaitTakenIn();
        long before = liveBytes();
        for (int i = 0; i < count; i++) {
            stages[i] = begin.apply(i);
        }
        awaitTakenIn();
        long pending = liveBytes() - before;
        for (int i : order) {
            assertThat(stages[i].cancel(true)).isTrue();
            // A cancelled future holds the stack trace of the call that cancelled it.
            stages[i] = CompletableFuture.completedFuture("given up");
        }
        awaitTakenIn();
        Arrays.fill(stages, null);
        long kept = liveBytes() - before;
        System.out.printf(
                "%s: %.1f bytes each of %,d pending, %.1f after all were cancelled%n",
                what, pending / (double) count, count, kept / (double) count);
        assertThat(pending).isLessThan((long) count * most + SLACK_BYTES);
        assertThat(kept).isLessThan(SLACK_BYTES);
    }

    /** A third from the head of the queue, a third from its tail, and what is left in no order. */
    private static int[] order(int count) {
        int[] order = new int[count];
        int third = count / 3;
        for (int i = 0; i < third; i++) {
            order[i] = i;
            order[third + i] = count - 1 - i;
        }
        for (int i = 2 * third; i < count; i++) {
            order[i] = i - third;
        }
        Random random = new Random(12);
        for (int i = count - 1; i > 2 * third; i--) {
            int other = 2 * third + random.nextInt(i - 2 * third + 1);
            int moved = order[i];
            order[i] = order[other];
            order[other] = moved;
        }
        return order;
    }

    /** A task that is due now runs after the thread has taken in whatever was put into its queue before. */
    private static void awaitTakenIn() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        Timers.schedule(SYSTEM, SYSTEM.nanos(), done::countDown);
        done.await();
    }

    /**
     * The sizes of all live objects: the JVM collects garbage before it counts, and the last line of its table is
     * {@code Total  <objects>  <bytes>}.
     */
    private static long liveBytes() throws JMException {
        Object table = ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        String[] words = table.toString().strip().split("\\s+", -1);
        assertThat(words[words.length - 3]).isEqualTo("Total");
        return Long.parseLong(words[words.length - 1]);
    }
}
