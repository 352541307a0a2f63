package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.Decision;
import dev.ratelimit.Lease;
import dev.ratelimit.Rate;
import java.util.Objects;

/** The slots of one key, on a time that is set before the race, with the one wake-up that they ask for. */
final class OneKey {

    private static final long KEY = 1;
    private static final long HOLD = 10;
    private static final Decision YES = Decision.allowed(Rate.perSecond(1), 0, 0);

    private final int limit;
    private final Slots slots;
    private long now;
    private int reclaimed;
    private int told;
    private Runnable wakeUp = () -> {};

    OneKey(int limit) {
        this.limit = limit;
        this.slots = new Slots(
                () -> now,
                (instant, task) -> {
                    wakeUp = task;
                    return () -> {};
                },
                (key, heldNanos) -> reclaimed++,
                1);
    }

    boolean enter() {
        return slots.tryEnter(KEY, new ConcurrencyBounds(limit, ConcurrencyBounds.FOREVER)) != null;
    }

    Lease lease() {
        return Objects.requireNonNull(slots.tryEnter(KEY, new ConcurrencyBounds(limit, ConcurrencyBounds.FOREVER)))
                .lease(() -> YES);
    }

    /** A lease that may be taken back from now on. */
    Lease overdue() {
        Slot slot = Objects.requireNonNull(slots.tryEnter(KEY, new ConcurrencyBounds(limit, HOLD)));
        now += HOLD;
        return slot.lease(() -> YES);
    }

    /** Puts the current thread into the queue, where it does not park. */
    Waiter queue() {
        return Objects.requireNonNull(slots.stripe(KEY)
                .queue(KEY, new ConcurrencyBounds(limit, ConcurrencyBounds.FOREVER), new WaitingThread(), now));
    }

    /** Leaves a call, which closes what it is handed. */
    Slots.PendingEntry call() {
        return slots.enterLater(KEY, new ConcurrencyBounds(limit, ConcurrencyBounds.FOREVER), 1, this::told);
    }

    private void told(Admission admission) {
        told++;
        if (admission instanceof Slot slot) {
            slot.close();
        }
    }

    /** How often a call was told its outcome. */
    int told() {
        return told;
    }

    void takeBack() {
        wakeUp.run();
    }

    int inUse() {
        return slots.inUse(KEY);
    }

    int reclaimed() {
        return reclaimed;
    }
}
