package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.TimeSource;
import dev.ratelimit.runtime.locks.Headroom;
import dev.ratelimit.runtime.locks.Mutex;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The state of all keys of one stripe, and the lock that guards it.
 *
 * <p><b>Invariants while the lock is free:</b> a key has an occupancy exactly if one of its slots is open. Calls wait
 * only for a key without a free slot. Every open slot whose lease timeout has begun is in the heap of deadlines. An
 * alarm is set no later than the first deadline, or is known to be lost.
 *
 * <p><b>Atomicity.</b> Before it takes the lock, a thread checks the room on the stack ({@link Headroom}), and reads
 * the time, which is third-party code. Under the lock, it first allocates all memory, and then makes the changes, which
 * need none. A new limit from a call, and the slots that it frees for others, are a separate change, which stays if
 * there is no memory for the call's own slot. Actions for other calls are recorded ({@link AfterUnlock}), and run after
 * the lock is released. Under the lock, a thread never waits, and calls no third-party code.
 */
final class Stripe {

    private final TimeSource time;
    private final AllocationProbe memory;
    private final AfterUnlock afterwards;

    private final Mutex lock = new Mutex();
    private final Occupancies occupancies;
    private final LeaseTimeouts holds;
    private int inUse;
    private int waiting;

    /** Stands for no slot: the key is full, and a slot may be overdue. */
    private final Slot askTheTime;

    Stripe(TimeSource time, Wakeups wakeups, Slots.ReclaimListener listener, AllocationProbe memory) {
        this.time = time;
        this.memory = memory;
        this.afterwards = new AfterUnlock(wakeups, listener);
        this.occupancies = new Occupancies(memory);
        this.holds = new LeaseTimeouts(this, memory, afterwards);
        this.askTheTime = new Slot(this, new Occupancy(0, 0), ConcurrencyBounds.FOREVER);
    }

    /** Opens a slot, if one is free and no call waits. Its lease timeout begins now. */
    @Nullable
    Slot tryEnter(long fingerprint, ConcurrencyBounds bounds) {
        Headroom.forTwo();
        return bounds.hasLeaseTimeout()
                ? open(fingerprint, bounds, true, true, time.nanos())
                : reserved(fingerprint, bounds);
    }

    /** Opens a slot, if one is free and no call waits. The caller must {@linkplain #begin begin} its lease timeout. */
    @Nullable
    Slot reserve(long fingerprint, ConcurrencyBounds bounds) {
        Headroom.forTwo();
        return reserved(fingerprint, bounds);
    }

    private @Nullable Slot reserved(long fingerprint, ConcurrencyBounds bounds) {
        // The time is needed only if a slot may be overdue, and must not be read under the lock.
        Slot slot = open(fingerprint, bounds, false, false, 0);
        return slot == askTheTime ? open(fingerprint, bounds, false, true, time.nanos()) : slot;
    }

    private @Nullable Slot open(long fingerprint, ConcurrencyBounds bounds, boolean begins, boolean isTimed, long now) {
        lock.lock();
        try {
            Occupancy known = occupancies.find(fingerprint);
            if (known != null && (known.inUse >= bounds.maxConcurrent() || known.waiting() > 0) && !holds.isEmpty()) {
                if (!isTimed) {
                    return askTheTime;
                }
                takeBack(now);
                known = occupancies.find(fingerprint);
            }
            if (known != null) {
                known.limit = bounds.maxConcurrent();
                handOut(known);
                if (!known.hasRoom()) {
                    return null;
                }
            }
            Occupancy occupancy = known == null ? makeOccupancy(fingerprint, bounds) : known;
            Slot slot = makeSlot(occupancy, bounds);
            long deadline = now + bounds.leaseTimeoutNanos();
            Alarm earlier = begins ? holds.prepare(deadline) : null;

            if (known == null) {
                occupancies.add(occupancy);
            }
            occupy(slot);
            if (begins) {
                holds.begin(slot, deadline, earlier);
            }
            return slot;
        } finally {
            afterwards.leave(lock);
        }
    }

    /** Begins the lease timeout of a slot now, if the slot is open, has one, and it has not begun. */
    void begin(Slot slot) {
        Headroom.forOne();
        long now = time.nanos();
        lock.lock();
        try {
            if (slot.open && !slot.begun) {
                long deadline = now + slot.leaseTimeoutNanos;
                holds.begin(slot, deadline, holds.prepare(deadline));
            }
        } finally {
            afterwards.leave(lock);
        }
    }

    /**
     * Adds a waiter behind all others of the key. It may get a slot at once. Returns null if the maximum number of
     * calls waits.
     */
    @Nullable
    Waiter queue(long fingerprint, ConcurrencyBounds bounds, Waiter.Callback told, long now) {
        Headroom.forTwo();
        lock.lock();
        try {
            Occupancy known = occupancies.find(fingerprint);
            if (known != null) {
                known.limit = bounds.maxConcurrent();
                handOut(known);
                if (!known.hasRoom() && known.waiting() >= bounds.mostWaiting()) {
                    return null;
                }
            }
            Occupancy occupancy = known == null ? makeOccupancy(fingerprint, bounds) : known;
            Slot slot = makeSlot(occupancy, bounds);
            memory.ask();
            Waiter waiter = new Waiter(this, occupancy, slot, told, now);
            Alarm missing = holds.missing();

            if (known == null) {
                occupancies.add(occupancy);
            }
            occupancy.append(waiter);
            waiting++;
            handOut(occupancy);
            holds.replaceBy(missing);
            return waiter;
        } finally {
            afterwards.leave(lock);
        }
    }

    /** Decides that a waiter gets no slot; returns false if it was decided before. */
    boolean withdraw(Waiter waiter, Admission.Refusal reason) {
        Headroom.forOne();
        lock.lock();
        try {
            if (waiter.isDecided()) {
                return false;
            }
            waiter.occupancy.remove(waiter);
            waiting--;
            waiter.decide(reason);
            return true;
        } finally {
            afterwards.leave(lock);
        }
    }

    /** Closes a slot, unless it is closed. */
    void close(Slot slot) {
        Headroom.forOne();
        lock.lock();
        try {
            if (slot.open) {
                vacate(slot);
            }
        } finally {
            afterwards.leave(lock);
        }
    }

    /** Sets the limit of a key that has slots in use. */
    void limit(long fingerprint, int maxConcurrent) {
        Headroom.forOne();
        lock.lock();
        try {
            Occupancy occupancy = occupancies.find(fingerprint);
            if (occupancy != null) {
                occupancy.limit = maxConcurrent;
                handOut(occupancy);
            }
        } finally {
            afterwards.leave(lock);
        }
    }

    /** Takes back overdue slots, and sets the alarm for the next deadline. */
    void ring(Alarm rung) {
        Headroom.forOne();
        long now = time.nanos();
        lock.lock();
        try {
            if (holds.isCurrent(rung)) {
                takeBack(now);
                holds.setAgain(rung);
            }
        } finally {
            afterwards.leave(lock);
        }
    }

    /** Reads a figure under the lock, and changes nothing. */
    <T> T read(Function<Stripe, T> figure) {
        Headroom.forOne();
        lock.lock();
        try {
            return figure.apply(this);
        } finally {
            lock.unlock();
        }
    }

    Occupancies occupancies() {
        return occupancies;
    }

    int inUse() {
        return inUse;
    }

    int waiting() {
        return waiting;
    }

    /** Returns whether the lock is held. */
    boolean isLocked() {
        return lock.isLocked();
    }

    private Occupancy makeOccupancy(long fingerprint, ConcurrencyBounds bounds) {
        occupancies.reserve();
        memory.ask();
        return new Occupancy(fingerprint, bounds.maxConcurrent());
    }

    private Slot makeSlot(Occupancy occupancy, ConcurrencyBounds bounds) {
        memory.ask();
        return new Slot(this, occupancy, bounds.leaseTimeoutNanos());
    }

    private void occupy(Slot slot) {
        slot.open = true;
        slot.occupancy.inUse++;
        inUse++;
    }

    private void vacate(Slot slot) {
        slot.open = false;
        holds.end(slot);
        Occupancy occupancy = slot.occupancy;
        occupancy.inUse--;
        inUse--;
        handOut(occupancy);
        if (occupancy.inUse == 0) {
            occupancies.remove(occupancy);
        }
    }

    /** Hands slots to waiters, as long as slots are free. */
    private void handOut(Occupancy occupancy) {
        Waiter waiter = occupancy.first();
        while (waiter != null && occupancy.hasRoom()) {
            occupancy.remove(waiter);
            waiting--;
            occupy(waiter.slot);
            waiter.decide(waiter.slot);
            afterwards.tell(waiter);
            waiter = occupancy.first();
        }
    }

    /** Takes back every slot of the stripe whose deadline has passed. */
    private void takeBack(long now) {
        Slot overdue = holds.overdue(now);
        while (overdue != null) {
            vacate(overdue);
            afterwards.report(overdue, now);
            overdue = holds.overdue(now);
        }
    }
}
