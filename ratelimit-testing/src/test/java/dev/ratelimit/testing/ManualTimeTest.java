package dev.ratelimit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.ScheduledTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManualTimeTest {

    private final List<String> log = new ArrayList<>();

    @Test
    void goesOnWhenItIsToldTo() {
        ManualTime time = new ManualTime();
        assertThat(time.nanos()).isZero();
        time.advance(Duration.ofMillis(3));
        time.advanceNanos(-1);
        assertThat(time.nanos()).isEqualTo(2_999_999);
        time.set(Long.MIN_VALUE);
        assertThat(time.nanos()).isEqualTo(Long.MIN_VALUE);
        assertThat(new ManualTime(7)).hasToString("ManualTime[7 ns]");
    }

    @ParameterizedTest(name = "from {0}")
    @ValueSource(longs = {0, -25, Long.MAX_VALUE - 15, Long.MIN_VALUE})
    void tasksRunInTheOrderOfTheirInstantsEachAtItsOwn(long origin) {
        ManualTime time = new ManualTime(origin);
        note(time, origin + 30, "c");
        note(time, origin + 10, "a");
        note(time, origin + 20, "b1");
        note(time, origin + 20, "b2");
        note(time, origin + 31, "later");
        assertThat(time.pending()).isEqualTo(5);
        time.advanceNanos(9);
        assertThat(log).isEmpty();
        time.advanceNanos(21);
        assertThat(log)
                .containsExactly(
                        "a at " + (origin + 10),
                        "b1 at " + (origin + 20),
                        "b2 at " + (origin + 20),
                        "c at " + (origin + 30));
        assertThat(time.nanos()).isEqualTo(origin + 30);
        assertThat(time.pending()).isEqualTo(1);
    }

    @Test
    void fiftyYearsAreOverAtOnce() {
        ManualTime time = new ManualTime();
        Duration years = Duration.ofDays(50 * 365);
        note(time, years.toNanos(), "there");
        time.advance(years.minusNanos(1));
        assertThat(log).isEmpty();
        time.advance(Duration.ofNanos(1));
        assertThat(log).containsExactly("there at " + years.toNanos());
    }

    @Test
    void aTaskMayScheduleOthersAlsoForItsOwnInstantOrOneThatHasPassed() {
        ManualTime time = new ManualTime();
        time.schedule(10, () -> {
            note(time, 15, "after");
            note(time, 10, "same");
            note(time, 3, "passed");
            log.add("first");
        });
        note(time, 10, "second");
        time.advanceNanos(100);
        assertThat(log).containsExactly("first", "passed at 10", "second at 10", "same at 10", "after at 15");
        assertThat(time.nanos()).isEqualTo(100);
    }

    @Test
    void aTaskThatComesTooLateRunsAtOnce() {
        ManualTime time = new ManualTime(100);
        note(time, 99, "late");
        note(time, 100, "now");
        assertThat(log).containsExactly("late at 100", "now at 100");
        assertThat(time.pending()).isZero();
    }

    @Test
    void aCancelledTaskDoesNotRun() {
        ManualTime time = new ManualTime();
        ScheduledTask second = note(time, 20, "second");
        ScheduledTask first = time.schedule(10, () -> log.add("first cancels second: " + second.cancel()));
        ScheduledTask third = note(time, 30, "third");
        assertThat(third.cancel()).isTrue();
        assertThat(third.cancel()).isFalse();
        assertThat(time.pending()).isEqualTo(2);
        time.advanceNanos(100);
        assertThat(log).containsExactly("first cancels second: true");
        assertThat(first.cancel()).isFalse();
        assertThat(second.cancel()).isFalse();
    }

    @Test
    void aTaskCannotBeCancelledByItself() {
        ManualTime time = new ManualTime();
        List<ScheduledTask> self = new ArrayList<>();
        self.add(time.schedule(10, () -> log.add("cancelled: " + self.get(0).cancel())));
        time.advanceNanos(10);
        assertThat(log).containsExactly("cancelled: false");
    }

    @Test
    void goingBackRunsNothingAndCancelsNothing() {
        ManualTime time = new ManualTime();
        note(time, 10, "task");
        time.advanceNanos(-50);
        time.set(9);
        assertThat(log).isEmpty();
        time.set(12);
        assertThat(log).containsExactly("task at 10");
        time.set(0);
        time.set(20);
        assertThat(log).hasSize(1);
    }

    @Test
    void aTaskMayMoveTheTimeItself() {
        ManualTime time = new ManualTime();
        time.schedule(10, () -> {
            time.advanceNanos(15);
            log.add("worked until " + time.nanos());
        });
        note(time, 20, "meanwhile");
        note(time, 28, "within");
        note(time, 31, "beyond");
        time.advanceNanos(30);
        assertThat(log).containsExactly("meanwhile at 20", "worked until 25", "within at 28");
        assertThat(time.nanos()).isEqualTo(30);
        time.schedule(31, () -> time.set(50));
        time.advanceNanos(1);
        assertThat(time.nanos()).isEqualTo(50);
        assertThat(log).last().isEqualTo("beyond at 31");
    }

    @Test
    void whatTasksThrowComesOutOnceTheMoveIsDone() {
        ManualTime time = new ManualTime();
        IllegalStateException first = new IllegalStateException("first");
        AssertionError second = new AssertionError("second");
        time.schedule(10, () -> throwing(first));
        time.schedule(20, () -> throwing(second));
        note(time, 30, "last");
        assertThatThrownBy(() -> time.advanceNanos(40)).isSameAs(first).hasSuppressedException(second);
        assertThat(log).containsExactly("last at 30");
        assertThat(time.nanos()).isEqualTo(40);
        assertThatThrownBy(() -> time.schedule(5, () -> throwing(first))).isSameAs(first);
        note(time, 41, "goes on");
        time.advanceNanos(1);
        assertThat(log).last().isEqualTo("goes on at 41");
    }

    @Test
    void nullIsRefusedBeforeAnythingChanges() {
        ManualTime time = new ManualTime();
        assertThatThrownBy(() -> time.schedule(1, nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("task");
        assertThat(time.pending()).isZero();
    }

    @Test
    @Timeout(30)
    void aTestWaitsUntilOthersWait() throws Exception {
        ManualTime time = new ManualTime();
        Thread thread = new Thread(() -> {
            note(time, 10, "one");
            note(time, 20, "two");
        });
        thread.start();
        time.awaitPending(2);
        assertThat(time.pending()).isEqualTo(2);
        thread.join();
    }

    @Test
    @Timeout(30)
    void aThreadThatMovesTheTimeWaitsForTheOneThatDoesAndAnotherMayReadAndScheduleMeanwhile() throws Exception {
        ManualTime time = new ManualTime();
        Thread other = new Thread(() -> time.advanceNanos(5));
        time.schedule(10, () -> {
            other.start();
            while (other.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            Thread third = new Thread(() -> {
                note(time, 3, "late, on the thread that moves");
                log.add("third reads " + time.nanos());
            });
            third.start();
            joinUninterruptibly(third);
        });
        time.advanceNanos(20);
        other.join();
        assertThat(log).containsExactly("third reads 10", "late, on the thread that moves at 10");
        assertThat(time.nanos()).isEqualTo(25);
    }

    private ScheduledTask note(ManualTime time, long instant, String name) {
        return time.schedule(instant, () -> log.add(name + " at " + time.nanos()));
    }

    private static void throwing(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }

    private static void joinUninterruptibly(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }
}
