package dev.ratelimit.core.internal.concurrency;

import org.jspecify.annotations.Nullable;

/**
 * The lease timeouts of a stripe's slots, and the alarm for the earliest of their deadlines. Guarded by the stripe's
 * lock.
 *
 * <p>What needs memory is in {@link #prepare} and {@link #missing}; what changes something cannot fail.
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

    /** Whether none is under way. */
    boolean isEmpty() {
        return deadlines.size() == 0;
    }

    /** Makes room for one more deadline; returns the alarm that {@link #begin} is to set for it, if it needs one. */
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

    /** Begins a hold that was prepared. */
    void begin(Slot slot, long deadline, @Nullable Alarm earlier) {
        slot.deadline = deadline;
        slot.begun = true;
        deadlines.add(slot);
        replaceBy(earlier);
    }

    /** The alarm that is to be set because the last one could not be, if so. */
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

    /** Ends a hold, if it has begun. */
    void end(Slot slot) {
        deadlines.remove(slot);
    }

    /** The slot with the earliest deadline, if that has come. */
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
