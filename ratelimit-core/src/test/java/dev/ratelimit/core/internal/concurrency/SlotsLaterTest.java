package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Entering without a thread: first come, first served together with threads, bounded in time, and cancelled at no cost. */
class SlotsLaterTest {

    private static final long KEY = 7;
    private static final long HOLD = 1_000;
    private static final long WAIT = 500;
    private static final ConcurrencyBounds ONE = new ConcurrencyBounds(1, ConcurrencyBounds.FOREVER);

    private final ManualTime time = new ManualTime(Long.MAX_VALUE - 100);
    private final ManualWakeups wakeups = new ManualWakeups(time);
    private final List<String> told = new ArrayList<>();
    private final List<Slot> handed = new ArrayList<>();
    private final Slots slots = new Slots(time, wakeups, (key, held) -> told.add("reclaimed"));

    private Slots.PendingEntry call(String name, ConcurrencyBounds bounds, long wait) {
        return slots.enterLater(KEY, bounds, wait, admission -> {
            told.add(name);
            if (admission instanceof Slot slot) {
                handed.add(slot);
            } else {
                told.add(admission.toString());
            }
        });
    }

    @Test
    void whereThereIsRoomTheCallIsMadeAtOnce() {
        Slots.PendingEntry call = call("first", ONE, WAIT);
        assertThat(told).containsExactly("first");
        assertThat(call.cancel()).isFalse();
        assertThat(slots.inUse(KEY)).isEqualTo(1);
        assertThat(wakeups.asked()).isZero();
        call("second", ONE, 0);
        assertThat(told).containsExactly("first", "second", "TOO_MANY_CONCURRENT");
    }

    @Test
    void theyAndThreadsAreServedInTheOrderOfTheirComing() {
        Slot slot = Objects.requireNonNull(slots.tryEnter(KEY, ONE));
        call("first", ONE, WAIT);
        Waiter thread = Objects.requireNonNull(slots.stripe(KEY).queue(KEY, ONE, new WaitingThread(), time.nanos()));
        call("third", ONE, WAIT);
        slot.close();
        assertThat(told).containsExactly("first");
        handed.get(0).close();
        assertThat(thread.handed()).isNotNull();
        assertThat(told).containsExactly("first");
        thread.slot.close();
        assertThat(told).containsExactly("first", "third");
        handed.get(1).close();
        assertThat(slots.keys()).isZero();
        assertThat(wakeups.pending()).as("no deadline is left").isZero();
    }

    @Test
    void theWaitEndsAtItsInstantAndNotBefore() {
        slots.tryEnter(KEY, ONE);
        call("late", ONE, WAIT);
        wakeups.advanceNanos(WAIT - 1);
        assertThat(told).isEmpty();
        wakeups.advanceNanos(1);
        assertThat(told).containsExactly("late", "TOO_MANY_CONCURRENT");
        assertThat(slots.waiting(KEY)).isZero();
    }

    @Test
    void whoGivesUpIsToldNothingAndLetsTheNextOneMoveUp() {
        Slot slot = Objects.requireNonNull(slots.tryEnter(KEY, ONE));
        Slots.PendingEntry first = call("first", ONE, WAIT);
        call("second", ONE, WAIT);
        assertThat(first.cancel()).isTrue();
        assertThat(first.cancel()).isFalse();
        assertThat(slots.waiting(KEY)).isEqualTo(1);
        assertThat(wakeups.pending()).isEqualTo(1);
        slot.close();
        assertThat(told).containsExactly("second");
    }

    @Test
    void aPlaceInAFullQueueIsFreeAtOnceWhenSomebodyGivesUp() {
        ConcurrencyBounds oneWaits = new ConcurrencyBounds(1, ConcurrencyBounds.FOREVER, 1);
        slots.tryEnter(KEY, oneWaits);
        Slots.PendingEntry first = call("first", oneWaits, WAIT);
        call("second", oneWaits, WAIT);
        assertThat(told).containsExactly("second", "TOO_MANY_WAITING");
        first.cancel();
        call("third", oneWaits, WAIT);
        assertThat(told).hasSize(2);
        assertThat(slots.waiting(KEY)).isEqualTo(1);
    }

    @Test
    void aSlotThatIsTakenBackGoesToTheFirstCallAndItsHoldBeginsLater() {
        ConcurrencyBounds held = new ConcurrencyBounds(1, HOLD);
        slots.tryEnter(KEY, held);
        call("first", held, 2 * HOLD);
        wakeups.advanceNanos(HOLD);
        assertThat(told).containsExactlyInAnyOrder("first", "reclaimed");
        wakeups.advanceNanos(3 * HOLD);
        assertThat(slots.inUse(KEY)).as("not begun").isEqualTo(1);
        handed.get(0).begin();
        wakeups.advanceNanos(HOLD);
        assertThat(slots.keys()).isZero();
    }

    @Test
    void aCallThatThrowsGivesItsSlotBack() {
        Slot slot = Objects.requireNonNull(slots.tryEnter(KEY, ONE));
        List<Throwable> uncaught = new ArrayList<>();
        Thread.UncaughtExceptionHandler before = Thread.currentThread().getUncaughtExceptionHandler();
        Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown));
        try {
            slots.enterLater(KEY, ONE, WAIT, admission -> {
                throw new AssertionError("of the call");
            });
            call("second", ONE, WAIT);
            slot.close();
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(before);
        }
        assertThat(uncaught).hasSize(1);
        assertThat(told).containsExactly("second");
        assertThatThrownBy(() -> slots.enterLater(KEY + 1, ONE, WAIT, admission -> {
                    throw new AssertionError("of the call");
                }))
                .hasMessage("of the call");
        assertThat(slots.inUse(KEY + 1)).isZero();
    }

    @Test
    void aWaitThatCannotBeTimedFailsAndLeavesNothing() {
        Slots untimed = new Slots(
                time,
                (instant, task) -> {
                    throw new IllegalStateException("of the timer");
                },
                (key, held) -> {});
        Slot slot = Objects.requireNonNull(untimed.tryEnter(KEY, ONE));
        assertThatThrownBy(() -> untimed.enterLater(KEY, ONE, WAIT, admission -> told.add("told")))
                .hasMessage("of the timer");
        assertThat(untimed.waiting()).isZero();
        slot.close();
        assertThat(untimed.keys()).isZero();
        assertThat(told).isEmpty();
    }
}
