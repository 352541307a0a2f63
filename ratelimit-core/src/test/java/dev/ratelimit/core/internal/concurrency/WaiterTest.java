package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.testing.ManualTime;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A wait that is ended in two ways at once, one of which was first; and one that cannot be timed. */
@Timeout(60)
class WaiterTest {

    private static final long KEY = 7;
    private static final long WAIT = 500;
    private static final ConcurrencyBounds ONE = new ConcurrencyBounds(1, ConcurrencyBounds.FOREVER);

    private final ManualTime time = new ManualTime();
    private final ManualWakeups wakeups = new ManualWakeups(time);
    private final Slots slots = new Slots(time, wakeups, (key, held) -> {});

    @Test
    void whoIsInterruptedWithASlotKeepsIt() throws Exception {
        Slot slot = Objects.requireNonNull(slots.tryEnter(KEY, ONE));
        Waiter waiter = Objects.requireNonNull(slots.stripe(KEY).queue(KEY, ONE, new WaitingThread(), time.nanos()));
        slot.close();
        Thread.currentThread().interrupt();
        Admission handed = WaitingThread.await(waiter, wakeups, time.nanos() + WAIT);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(handed).isInstanceOf(Slot.class);
        assertThat(slots.inUse(KEY)).isEqualTo(1);
    }

    @Test
    void whoTimesOutWithASlotKeepsIt() {
        Slot slot = Objects.requireNonNull(slots.tryEnter(KEY, ONE));
        Waiter waiter = Objects.requireNonNull(slots.stripe(KEY).queue(KEY, ONE, new WaitingThread(), time.nanos()));
        slot.close();
        waiter.timeOut();
        assertThat(waiter.handed()).isNotNull();
        assertThat(slots.inUse(KEY)).isEqualTo(1);
    }

    @Test
    void whoTimedOutIsHandedNothing() {
        Slot slot = Objects.requireNonNull(slots.tryEnter(KEY, ONE));
        Waiter waiter = Objects.requireNonNull(slots.stripe(KEY).queue(KEY, ONE, new WaitingThread(), time.nanos()));
        waiter.timeOut();
        slot.close();
        assertThat(waiter.handed()).isNull();
        assertThat(slots.keys()).isZero();
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
        assertThatThrownBy(() -> untimed.enter(KEY, ONE, WAIT)).hasMessage("of the timer");
        assertThat(untimed.waiting(KEY)).isZero();
        slot.close();
        assertThat(untimed.keys()).isZero();
    }

    @Test
    void aWaitThatFailsGivesUpWhatItWasHanded() {
        Slot[] held = new Slot[1];
        Slots untimed = new Slots(
                time,
                (instant, task) -> {
                    held[0].close();
                    throw new IllegalStateException("of the timer");
                },
                (key, heldNanos) -> {});
        held[0] = Objects.requireNonNull(untimed.tryEnter(KEY, ONE));
        assertThatThrownBy(() -> untimed.enter(KEY, ONE, WAIT)).hasMessage("of the timer");
        assertThat(untimed.keys()).isZero();
    }
}
