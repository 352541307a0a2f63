package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for a slot: first come, first served, bounded, and interruptible. */
@Timeout(60)
@SuppressWarnings("ThreadPriorityCheck") // what is waited for is another thread's next few steps
class SlotsWaitTest {

    private static final long KEY = 7;
    private static final long HOLD = 1_000;
    private static final long WAIT = 500;
    private static final ConcurrencyBounds ONE = new ConcurrencyBounds(1, ConcurrencyBounds.FOREVER);
    private static final ConcurrencyBounds TWO = new ConcurrencyBounds(2, ConcurrencyBounds.FOREVER);
    private static final ConcurrencyBounds ONE_HELD = new ConcurrencyBounds(1, HOLD);

    private final ManualTime time = new ManualTime(Long.MAX_VALUE - 100);
    private final ManualWakeups wakeups = new ManualWakeups(time);
    private final List<Long> reclaimed = new ArrayList<>();
    private final Slots slots = new Slots(time, wakeups, (key, held) -> reclaimed.add(held));

    /** A thread that waits. */
    private static final class Waiting {
        private final FutureTask<Admission> task;
        private final Thread thread;

        Waiting(FutureTask<Admission> task) {
            this.task = task;
            this.thread = new Thread(task);
            thread.start();
        }

        Admission end() throws Exception {
            return task.get();
        }

        Slot slot() throws Exception {
            return (Slot) task.get();
        }

        boolean isWaiting() {
            return !task.isDone();
        }
    }

    @Test
    void aClosedSlotGoesToTheFirstWhoWaits() throws Exception {
        Slot slot = open(ONE);
        Waiting first = start(ONE, WAIT, 1);
        Waiting second = start(ONE, WAIT, 2);
        slot.close();
        Slot ofFirst = first.slot();
        assertThat(second.isWaiting()).isTrue();
        assertThat(slots.inUse(KEY)).isEqualTo(1);
        ofFirst.close();
        second.slot().close();
        assertThat(slots.keys()).isZero();
        assertThat(wakeups.pending()).isZero();
    }

    @Test
    void whoDoesNotWaitIsAnsweredAtOnce() throws Exception {
        Slot slot = open(ONE);
        assertThat(slots.enter(KEY, ONE, 0)).isEqualTo(Admission.Refusal.TOO_MANY_CONCURRENT);
        assertThat(slots.enter(KEY, ONE, -1)).isEqualTo(Admission.Refusal.TOO_MANY_CONCURRENT);
        slot.close();
        assertThat(slots.enter(KEY, ONE, WAIT)).isInstanceOf(Slot.class);
        assertThat(wakeups.asked()).isZero();
    }

    @Test
    void theWaitEndsAtItsInstantAndNotBefore() throws Exception {
        open(ONE);
        Waiting waiting = start(ONE, WAIT, 1);
        wakeups.advanceNanos(WAIT - 1);
        assertThat(slots.waiting(KEY)).isEqualTo(1);
        wakeups.advanceNanos(1);
        assertThat(waiting.end()).isEqualTo(Admission.Refusal.TOO_MANY_CONCURRENT);
        assertThat(slots.waiting(KEY)).isZero();
        assertThat(slots.inUse(KEY)).isEqualTo(1);
    }

    @Test
    void whoTimesOutInTheMiddleLeavesTheOthersInOrder() throws Exception {
        Slot slot = open(ONE);
        Waiting first = start(ONE, 3 * WAIT, 1);
        Waiting second = start(ONE, WAIT, 2);
        Waiting third = start(ONE, 3 * WAIT, 3);
        wakeups.advanceNanos(WAIT);
        assertThat(second.end()).isEqualTo(Admission.Refusal.TOO_MANY_CONCURRENT);
        slot.close();
        Slot ofFirst = first.slot();
        assertThat(third.isWaiting()).isTrue();
        ofFirst.close();
        third.slot().close();
        assertThat(slots.keys()).isZero();
    }

    @Test
    void whoIsInterruptedLeavesTheQueue() throws Exception {
        Slot slot = open(ONE);
        Waiting first = start(ONE, WAIT, 1);
        Waiting second = start(ONE, WAIT, 2);
        first.thread.interrupt();
        assertThatThrownBy(first::end)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(slots.waiting(KEY)).isEqualTo(1);
        assertThat(slots.inUse(KEY)).isEqualTo(1);
        slot.close();
        second.slot().close();
        assertThat(slots.keys()).isZero();
        assertThat(wakeups.pending()).isZero();
    }

    @Test
    void whoComesInterruptedTakesNothing() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> slots.enter(KEY, ONE, WAIT)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(slots.keys()).isZero();
    }

    @Test
    void aSlotThatIsTakenBackGoesToTheFirstWhoWaits() throws Exception {
        Slot overdue = open(ONE_HELD);
        Waiting first = start(ONE_HELD, 3 * HOLD, 1);
        Waiting second = start(ONE_HELD, 3 * HOLD, 2);
        wakeups.advanceNanos(HOLD);
        Slot ofFirst = first.slot();
        overdue.close();
        assertThat(second.isWaiting()).isTrue();
        assertThat(reclaimed).containsExactly(HOLD);
        wakeups.advanceNanos(HOLD);
        second.slot().close();
        ofFirst.close();
        assertThat(reclaimed).containsExactly(HOLD, HOLD);
        assertThat(slots.keys()).isZero();
    }

    @Test
    void aRefusedRateHandsItsSlotOn() throws Exception {
        Slot slot = open(ONE);
        Waiting waiting = start(ONE, WAIT, 1);
        assertThatThrownBy(() -> slot.lease(() -> {
                    throw new IllegalStateException("of the rate");
                }))
                .hasMessage("of the rate");
        waiting.slot().close();
        assertThat(slots.keys()).isZero();
    }

    @Test
    void whoBringsALargerLimitLetsThoseWhoWaitInFirst() throws Exception {
        open(ONE);
        Waiting waiting = start(ONE, WAIT, 1);
        assertThat(slots.tryEnter(KEY, TWO)).isNull();
        assertThat(waiting.end()).isInstanceOf(Slot.class);
        assertThat(slots.tryEnter(KEY, new ConcurrencyBounds(3, ConcurrencyBounds.FOREVER)))
                .isNotNull();
    }

    @Test
    void aLargerLimitThatIsToldLetsThemInAtOnce() throws Exception {
        open(ONE);
        Waiting first = start(ONE, WAIT, 1);
        Waiting second = start(ONE, WAIT, 2);
        Waiting third = start(ONE, WAIT, 3);
        slots.limit(KEY, 2);
        assertThat(first.end()).isInstanceOf(Slot.class);
        assertThat(second.isWaiting()).isTrue();
        slots.limits(key -> 4);
        assertThat(second.end()).isInstanceOf(Slot.class);
        assertThat(third.end()).isInstanceOf(Slot.class);
    }

    @Test
    void aSmallerLimitKeepsThemWaiting() throws Exception {
        Slot one = open(TWO);
        Slot two = open(TWO);
        Waiting waiting = start(TWO, WAIT, 1);
        assertThat(slots.tryEnter(KEY, ONE)).isNull();
        one.close();
        assertThat(slots.waiting(KEY)).isEqualTo(1);
        assertThat(slots.inUse(KEY)).isEqualTo(1);
        two.close();
        assertThat(waiting.end()).isInstanceOf(Slot.class);
    }

    @Test
    void noMoreThanTheBoundWaitForAKeyAndOneMoreIsToldSoAtOnce() throws Exception {
        ConcurrencyBounds twoWait = new ConcurrencyBounds(1, ConcurrencyBounds.FOREVER, 2);
        Slot slot = open(twoWait);
        Waiting first = start(twoWait, WAIT, 1);
        Waiting second = start(twoWait, WAIT, 2);
        assertThat(slots.enter(KEY, twoWait, WAIT)).isEqualTo(Admission.Refusal.TOO_MANY_WAITING);
        assertThat(slots.enter(KEY, twoWait, 0)).isEqualTo(Admission.Refusal.TOO_MANY_CONCURRENT);
        assertThat(slots.waiting(KEY)).isEqualTo(2);
        first.thread.interrupt();
        assertThatThrownBy(first::end).hasCauseInstanceOf(InterruptedException.class);
        Waiting third = start(twoWait, WAIT, 2);
        slot.close();
        second.slot().close();
        third.slot().close();
        assertThat(slots.keys()).isZero();
    }

    @Test
    void whereNobodyMayWaitSlotsAreStillHandedOut() throws Exception {
        ConcurrencyBounds noneWait = new ConcurrencyBounds(1, ConcurrencyBounds.FOREVER, 0);
        Slot slot = (Slot) slots.enter(KEY, noneWait, WAIT);
        assertThat(slots.enter(KEY, noneWait, WAIT)).isEqualTo(Admission.Refusal.TOO_MANY_WAITING);
        slot.close();
        assertThat(slots.enter(KEY, noneWait, WAIT)).isInstanceOf(Slot.class);
        assertThat(slots.waiting()).isZero();
    }

    @Test
    void figuresOfAllKeysTellWhoIsInsideWhoWaitsAndForHowLong() throws Exception {
        assertThat(slots.maxWaitingNanos()).isZero();
        open(TWO);
        Slot slot = open(TWO);
        slots.tryEnter(KEY + 1, ONE);
        Waiting first = start(TWO, WAIT, 1);
        wakeups.advanceNanos(30);
        Waiting second = start(TWO, WAIT, 2);
        wakeups.advanceNanos(12);
        assertThat(slots.inUse()).isEqualTo(3);
        assertThat(slots.waiting()).isEqualTo(2);
        assertThat(slots.maxWaitingNanos()).isEqualTo(42);
        slot.close();
        first.slot();
        assertThat(slots.inUse()).isEqualTo(3);
        assertThat(slots.waiting()).isEqualTo(1);
        assertThat(slots.maxWaitingNanos()).isEqualTo(12);
        wakeups.advanceNanos(WAIT);
        assertThat(second.end()).isEqualTo(Admission.Refusal.TOO_MANY_CONCURRENT);
        assertThat(slots.waiting()).isZero();
        assertThat(slots.maxWaitingNanos()).isZero();
    }

    private Slot open(ConcurrencyBounds bounds) {
        return Objects.requireNonNull(slots.tryEnter(KEY, bounds));
    }

    private Admission entered(ConcurrencyBounds bounds, long maxWaitNanos) throws InterruptedException {
        Admission admission = slots.enter(KEY, bounds, maxWaitNanos);
        if (admission instanceof Slot slot) {
            slot.begin();
        }
        return admission;
    }

    /** Starts a thread that waits, and returns once it is in the queue with so many. */
    private Waiting start(ConcurrencyBounds bounds, long maxWaitNanos, int waiting) {
        long asked = wakeups.asked();
        Waiting started = new Waiting(new FutureTask<>(() -> entered(bounds, maxWaitNanos)));
        // Its end is asked for only after it has joined the queue.
        while (slots.waiting(KEY) != waiting || wakeups.asked() == asked) {
            Thread.yield();
        }
        return started;
    }
}
