package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The time by which an alarm rings, and what a task that takes long costs the others. */
@Timeout(60)
class AlarmTest {

    private static final long HOUR = 3_600_000_000_000L;

    @Test
    void virtualTimeRunsTheTaskWhenATestMovesIt() {
        ManualTime time = new ManualTime();
        CompletableFuture<Thread> rung = new CompletableFuture<>();
        Alarm.of(time).after(HOUR, () -> rung.complete(Thread.currentThread()));
        time.advance(Duration.ofNanos(HOUR - 1));
        assertThat(rung).isNotDone();
        time.advance(Duration.ofNanos(1));
        assertThat(rung).isCompletedWithValue(Thread.currentThread());
    }

    @Test
    void anyOtherSourceGoesByTheSystemsTimeEvenIfItStandsStill() throws Exception {
        CompletableFuture<Thread> rung = new CompletableFuture<>();
        Alarm.of(() -> 0).after(1, () -> rung.complete(Thread.currentThread()));
        assertThat(rung.get().getName()).isEqualTo("ratelimit-timer");
    }

    @Test
    void aCancelledAlarmDoesNotRing() {
        ManualTime time = new ManualTime();
        CompletableFuture<Boolean> rung = new CompletableFuture<>();
        ScheduledTask task = Alarm.of(time).after(HOUR, () -> rung.complete(true));
        assertThat(task.cancel()).isTrue();
        time.advance(Duration.ofNanos(HOUR));
        assertThat(rung).isNotDone();
    }

    @Test
    void aTaskThatWaitsForAnotherAlarmDoesNotHoldThatAlarmUp() throws Exception {
        Alarm alarm = Alarm.of(() -> 0);
        CountDownLatch second = new CountDownLatch(1);
        CompletableFuture<Boolean> first = new CompletableFuture<>();
        alarm.after(0, () -> {
            alarm.after(0, second::countDown);
            awaitQuietly(second);
            first.complete(true);
        });
        assertThat(first.get()).isTrue();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
