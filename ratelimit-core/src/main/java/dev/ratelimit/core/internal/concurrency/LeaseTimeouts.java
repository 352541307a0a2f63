package dev.ratelimit.core.internal.concurrency;

import org.jspecify.annotations.Nullable;

/**
 * The lease timeouts of a stripe's slots, and the alarm for the earliest of their deadlines. Guarded by the stripe's
 * lock.
 *
 * <p>Only {@link #prepare} and {@link #missing} need memory. Methods that change something cannot fail.
 */
final class LeaseTimeouts {

    private final Stripe stripe;
    private final AllocationProbe memory;
    private final AfterUnlock afterwards;
    private final Deadlines deadlines;
    private @Nullable Alarm alarm;

    LeaseTimeouts(Stripe stripe, AllocationProbe memory, AfterUnlock afterwards) {
        this.stripe = stripe;
        this.memory = memory;
        this.afterwards = afterwards;
        this.deadlines = new Deadlines(memory);
    }

    /** Returns whether no lease timeout is under way. */
    boolean isEmpty() {
        return deadlines.size() == 0;
    }

    /**
     * Makes room for one more deadline; returns the alarm that {@link #begin} must set for it, or null if it needs
     * none.
     */
    @Nullable
    Alarm prepare(long deadline) {
        deadlines.reserve();
        Alarm set = alarm;
        if (set != null && !set.isLost() && deadline - set.instant >= 0) {
            return null;
        }
        Slot first = deadlines.first();
        memory.ask();
        return new Alarm(stripe, first == null || deadline - first.deadline < 0 ? deadline : first.deadline);
    }

    /** Begins a lease timeout that was prepared. */
    void begin(Slot slot, long deadline, @Nullable Alarm earlier) {
        slot.deadline = deadline;
        slot.begun = true;
        deadlines.add(slot);
        replaceBy(earlier);
    }

    /** Returns the alarm to set because the last one could not be set, or null. */
    @Nullable
    Alarm missing() {
        Slot first = deadlines.first();
        Alarm set = alarm;
        if (first == null || (set != null && !set.isLost())) {
            return null;
        }
        memory.ask();
        return new Alarm(stripe, first.deadline);
    }

    /** Sets another alarm, if there is one. */
    void replaceBy(@Nullable Alarm other) {
        if (other != null) {
            afterwards.replace(alarm, other);
            alarm = other;
        }
    }

    /** Ends a lease timeout, if it has begun. */
    void end(Slot slot) {
        deadlines.remove(slot);
    }

    /** Returns the slot with the earliest deadline, if that has passed. */
    @Nullable
    Slot overdue(long now) {
        Slot first = deadlines.first();
        return first != null && now - first.deadline >= 0 ? first : null;
    }

    boolean isCurrent(Alarm rung) {
        return alarm == rung;
    }

    /** Sets the alarm that has rung for the next deadline, if there is one. */
    void setAgain(Alarm rung) {
        Slot first = deadlines.first();
        if (first == null) {
            alarm = null;
        } else {
            rung.instant = first.deadline;
            afterwards.replace(null, rung);
        }
    }
}
