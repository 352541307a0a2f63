package dev.ratelimit.runtime.timers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.internal.OwnThreads;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The thread itself, with instants that are now, some microseconds ahead, or so far ahead that they never come. */
@Timeout(60)
class TimerThreadTest {

    private static final TimeSource SYSTEM = TimeSource.system();
    private static final long DAY = Duration.ofDays(1).toNanos();

    private final TimerThread timers =
            new TimerThread("timers-of-a-test", Duration.ofMillis(1).toNanos());

    @Test
    void aTaskRunsOnTheDaemonThreadWithNothingOfItsStarter() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        CompletableFuture<Boolean> hasLoader = new CompletableFuture<>();
        timers.wake(SYSTEM, SYSTEM.nanos(), () -> {
            hasLoader.complete(Thread.currentThread().getContextClassLoader() != null);
            thread.complete(Thread.currentThread());
        });
        assertThat(thread.get().getName()).isEqualTo("timers-of-a-test");
        assertThat(thread.get().isDaemon()).isTrue();
        assertThat(hasLoader.get()).isFalse();
    }

    @Test
    void theThreadEndsWhenNothingIsLeftAndAnotherOneStarts() throws Exception {
        Thread first = threadOf(timers);
        first.join();
        Thread second = threadOf(timers);
        assertThat(second).isNotSameAs(first);
        second.join();
    }

    @Test
    void theThreadStaysWhileATimerIsLeft() throws Exception {
        ScheduledTask left = timers.wake(SYSTEM, SYSTEM.nanos() + DAY, () -> {});
        Thread first = threadOf(timers);
        // Ten times as long as it would be idle for.
        waitFor(Duration.ofMillis(10));
        assertThat(threadOf(timers)).isSameAs(first);
        left.cancel();
        // It clears away at its next task, and then there is nothing left.
        threadOf(timers);
        first.join();
    }

    @Test
    void tasksRunInTheOrderOfTheirInstantsAndNeverEarly() throws Exception {
        BlockingQueue<Long> order = new LinkedBlockingQueue<>();
        // From a task, so that the thread does not run the first before it knows the last.
        timers.wake(SYSTEM, SYSTEM.nanos(), () -> {
            long start = SYSTEM.nanos();
            for (long in : new long[] {900_000, 300_000, 600_000, 0, -5_000_000_000L}) {
                long due = start + in;
                timers.wake(SYSTEM, due, () -> order.add(SYSTEM.nanos() - due < 0 ? Long.MIN_VALUE : in));
            }
        });
        List<Long> seen = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            seen.add(order.take());
        }
        assertThat(seen.subList(0, 2)).containsExactlyInAnyOrder(-5_000_000_000L, 0L);
        assertThat(seen.subList(2, 5)).containsExactly(300_000L, 600_000L, 900_000L);
    }

    @Test
    void aNearerInstantWakesTheThread() throws Exception {
        timers.wake(SYSTEM, SYSTEM.nanos() + DAY, () -> {});
        Thread thread = threadOf(timers);
        for (int i = 0; i < 100; i++) {
            awaitParked(thread);
            assertThat(threadOf(timers)).isSameAs(thread);
        }
    }

    @Test
    void aTaskThatThrowsHarmsNoOther() throws Exception {
        BlockingQueue<Throwable> caught = new LinkedBlockingQueue<>();
        List<Throwable> thrown = List.of(new IllegalStateException("one"), new AssertionError("two"));
        timers.wake(SYSTEM, SYSTEM.nanos() + DAY, () -> {});
        Thread thread = threadOf(timers);
        thread.setUncaughtExceptionHandler((in, e) -> {
            caught.add(e);
            throw new IllegalStateException("a handler that throws, too");
        });
        timers.wake(SYSTEM, SYSTEM.nanos(), () -> {
            throw (IllegalStateException) thrown.get(0);
        });
        timers.wake(SYSTEM, SYSTEM.nanos(), () -> {
            throw (AssertionError) thrown.get(1);
        });
        assertThat(threadOf(timers)).isSameAs(thread);
        assertThat(List.of(caught.take(), caught.take())).containsExactlyElementsOf(thrown);
    }

    @Test
    void anInterruptHarmsNothing() throws Exception {
        timers.wake(SYSTEM, SYSTEM.nanos() + DAY, () -> {});
        Thread thread = threadOf(timers);
        timers.wake(SYSTEM, SYSTEM.nanos(), thread::interrupt);
        thread.interrupt();
        assertThat(threadOf(timers)).isSameAs(thread);
        awaitParked(thread);
        assertThat(thread.isInterrupted()).isFalse();
    }

    @Test
    void aTaskMayScheduleAndCancelOthers() throws Exception {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        ScheduledTask other = timers.wake(SYSTEM, SYSTEM.nanos() + DAY, () -> {});
        timers.wake(
                SYSTEM, SYSTEM.nanos(), () -> timers.wake(SYSTEM, SYSTEM.nanos(), () -> done.complete(other.cancel())));
        assertThat(done.get()).isTrue();
    }

    @Test
    void aSourceThatLagsBehindIsNotRunEarly() throws Exception {
        AtomicInteger readings = new AtomicInteger();
        TimeSource slow = readings::incrementAndGet;
        CompletableFuture<Integer> reading = new CompletableFuture<>();
        timers.wake(slow, 5, () -> reading.complete(readings.get()));
        assertThat(reading.get()).isGreaterThanOrEqualTo(5);
        long due = TimeSource.coarse().nanos() + 2_500_000;
        CompletableFuture<Long> late = new CompletableFuture<>();
        timers.wake(
                TimeSource.coarse(),
                due,
                () -> late.complete(TimeSource.coarse().nanos() - due));
        assertThat(late.get()).isNotNegative();
    }

    @Test
    void aSourceWhoseReadingsWrapIsComparedByDifferences() throws Exception {
        long shift = Long.MAX_VALUE - SYSTEM.nanos() - 200_000;
        TimeSource wrapping = () -> SYSTEM.nanos() + shift;
        long due = wrapping.nanos() + 400_000;
        CompletableFuture<Long> late = new CompletableFuture<>();
        timers.wake(wrapping, due, () -> late.complete(wrapping.nanos() - due));
        assertThat(late.get()).isNotNegative();
        assertThat(due).isNegative();
    }

    @Test
    void aCancelledTaskDoesNotRunAndIsClearedAway() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        ScheduledTask near = timers.wake(SYSTEM, SYSTEM.nanos() + DAY / 24, runs::incrementAndGet);
        ScheduledTask far = timers.wake(SYSTEM, SYSTEM.nanos() + DAY, runs::incrementAndGet);
        assertThat(sizeOf(timers)).isEqualTo(2);
        assertThat(near.cancel()).isTrue();
        assertThat(far.cancel()).isTrue();
        assertThat(far.cancel()).isFalse();
        assertThat(sizeOf(timers)).isZero();
        assertThat(runs).hasValue(0);
    }

    @Test
    void theFacadeChoosesTheSourceItselfOrTheSharedThread() throws Exception {
        ManualTime virtual = new ManualTime();
        ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
        Timers.schedule(virtual, 10, () -> threads.add(Thread.currentThread()));
        virtual.advanceNanos(10);
        assertThat(threads).containsExactly(Thread.currentThread());
        CompletableFuture<String> name = new CompletableFuture<>();
        Runnable task = () -> name.complete(Thread.currentThread().getName());
        Timers.schedule(SYSTEM, SYSTEM.nanos(), task);
        assertThat(name.get()).isEqualTo("ratelimit-timer");
    }

    @Test
    void aThreadThatCannotBeStartedIsTheCallersErrorAndTheNextTimerStartsOne() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        OutOfMemoryError full = new OutOfMemoryError("unable to create native thread");
        TimerThread failing = new TimerThread(
                task -> {
                    if (attempts.incrementAndGet() <= 2) {
                        throw full;
                    }
                    return OwnThreads.unstarted("timers-of-a-test", task);
                },
                1_000_000,
                1_000_000,
                0);
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> failing.wake(SYSTEM, SYSTEM.nanos(), runs::incrementAndGet))
                .isSameAs(full);
        assertThatThrownBy(() -> failing.call(SYSTEM, SYSTEM.nanos(), runs::incrementAndGet))
                .isSameAs(full);
        threadOf(failing).join();
        assertThat(runs).hasValue(0);
        assertThat(failing.news.isEmpty()).isTrue();
        threadOf(failing).join();
    }

    private static Thread threadOf(TimerThread timers) throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        timers.wake(SYSTEM, SYSTEM.nanos(), () -> thread.complete(Thread.currentThread()));
        return thread.get();
    }

    /** As the thread itself sees it, once it has taken in all that came before. */
    static int sizeOf(TimerThread timers) throws Exception {
        CompletableFuture<Integer> size = new CompletableFuture<>();
        timers.wake(SYSTEM, SYSTEM.nanos(), () -> size.complete(timers.leading.heap.size()));
        return size.get();
    }

    private static void awaitParked(Thread thread) {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
    }

    /** By another thread of timers, so that this one is left alone. */
    private static void waitFor(Duration duration) throws Exception {
        CompletableFuture<Boolean> over = new CompletableFuture<>();
        Timers.schedule(SYSTEM, SYSTEM.nanos() + duration.toNanos(), () -> over.complete(true));
        assertThat(over.get()).isTrue();
    }
}
