package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.TimeSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one stripe, and the lock that guards all about them.
 *
 * <p>Under the lock nothing is waited for, and nothing called that is not this package's but the clock. Whatever has
 * to be done for others is noted ({@link Afterwards}) and done when the lock is free.
 *
 * <p>Whenever the lock is free: a key has an occupancy exactly if a slot of it is open; somebody waits only for a key
 * that has no room; every open slot with a deadline is in the order of deadlines, and an alarm is set no later than
 * the first.
 */
final class Stripe {

    private final TimeSource time;
    private final Wakeups wakeups;
    private final ReclaimListener listener;

    private final ReentrantLock lock = new ReentrantLock();
    private final Occupancies occupancies = new Occupancies();
    private final Deadlines deadlines = new Deadlines();
    private @Nullable Alarm alarm;
    private @Nullable Afterwards afterwards;

    Stripe(TimeSource time, Wakeups wakeups, ReclaimListener listener) {
        this.time = time;
        this.wakeups = wakeups;
        this.listener = listener;
    }

    /** Opens a slot, if there is room and nobody waits. */
    @Nullable
    Slot tryEnter(long fingerprint, Bounds bounds) {
        lock.lock();
        try {
            Occupancy known = occupancies.find(fingerprint);
            if (known != null && (known.inUse >= bounds.atOnce() || known.waiting() > 0)) {
                reclaimOverdue();
            }
            Occupancy occupancy = occupancies.findOrAdd(fingerprint);
            occupancy.limit = bounds.atOnce();
            handOut(occupancy);
            return occupancy.hasRoom() ? open(occupancy, bounds) : null;
        } finally {
            leave();
        }
    }

    /** Puts the current thread behind all who wait for the key; it may be handed a slot at once. */
    Waiter queue(long fingerprint, Bounds bounds) {
        lock.lock();
        try {
            Occupancy occupancy = occupancies.findOrAdd(fingerprint);
            occupancy.limit = bounds.atOnce();
            Waiter waiter = new Waiter(this, occupancy, bounds);
            occupancy.append(waiter);
            handOut(occupancy);
            return waiter;
        } finally {
            leave();
        }
    }

    /** Decides that a waiter gets no slot; returns false if it is decided already. */
    boolean withdraw(Waiter waiter) {
        lock.lock();
        try {
            if (waiter.isDecided()) {
                return false;
            }
            waiter.occupancy.remove(waiter);
            waiter.decide(null);
            return true;
        } finally {
            leave();
        }
    }

    /** Closes a slot, unless it is closed. */
    void close(Slot slot) {
        lock.lock();
        try {
            if (slot.open) {
                vacate(slot);
            }
        } finally {
            leave();
        }
    }

    /** Sets the limit of a key that has slots in use. */
    void limit(long fingerprint, int atOnce) {
        lock.lock();
        try {
            Occupancy occupancy = occupancies.find(fingerprint);
            if (occupancy != null) {
                occupancy.limit = atOnce;
                handOut(occupancy);
            }
        } finally {
            leave();
        }
    }

    List<Long> awaited() {
        lock.lock();
        try {
            return occupancies.awaited();
        } finally {
            lock.unlock();
        }
    }

    /** Reads a figure of a key, which is zero if none of its slots is in use. */
    int read(long fingerprint, ToIntFunction<Occupancy> figure) {
        lock.lock();
        try {
            Occupancy occupancy = occupancies.find(fingerprint);
            return occupancy == null ? 0 : figure.applyAsInt(occupancy);
        } finally {
            lock.unlock();
        }
    }

    int keys() {
        lock.lock();
        try {
            return occupancies.size();
        } finally {
            lock.unlock();
        }
    }

    private Slot open(Occupancy occupancy, Bounds bounds) {
        Slot slot;
        if (bounds.longestHoldNanos() == Bounds.FOREVER) {
            slot = new Slot(this, occupancy, 0, 0);
        } else {
            long now = time.nanos();
            slot = new Slot(this, occupancy, now, now + bounds.longestHoldNanos());
            deadlines.add(slot);
        }
        occupancy.inUse++;
        return slot;
    }

    private void vacate(Slot slot) {
        slot.open = false;
        deadlines.remove(slot);
        Occupancy occupancy = slot.occupancy;
        occupancy.inUse--;
        handOut(occupancy);
        if (occupancy.inUse == 0) {
            occupancies.remove(occupancy);
        }
    }

    /** Hands slots to those who wait, as long as there is room. */
    private void handOut(Occupancy occupancy) {
        Waiter waiter = occupancy.first();
        while (waiter != null && occupancy.hasRoom()) {
            // The waiter leaves the queue only once there is a slot to leave with.
            Slot slot = open(occupancy, waiter.bounds);
            afterwards().wake(waiter);
            occupancy.remove(waiter);
            waiter.decide(slot);
            waiter = occupancy.first();
        }
    }

    /** Takes back every slot of the stripe whose deadline has come. */
    private void reclaimOverdue() {
        Slot first = deadlines.first();
        if (first == null) {
            return;
        }
        long now = time.nanos();
        while (first != null && now - first.deadline >= 0) {
            long fingerprint = first.occupancy.fingerprint;
            long held = now - first.since;
            afterwards().call(() -> listener.reclaimed(fingerprint, held));
            vacate(first);
            first = deadlines.first();
        }
    }

    private void ring(Alarm rung) {
        lock.lock();
        try {
            if (alarm == rung) {
                alarm = null;
                reclaimOverdue();
            }
        } finally {
            leave();
        }
    }

    /** Gives up the lock, and does what was left for then. */
    private void leave() {
        Slot first = deadlines.first();
        if (first != null && (alarm == null || first.deadline - alarm.instant < 0)) {
            replaceAlarm(first.deadline);
        }
        Afterwards todo = afterwards;
        if (todo == null) {
            lock.unlock();
            return;
        }
        afterwards = null;
        lock.unlock();
        todo.run();
    }

    private void replaceAlarm(long instant) {
        Alarm later = alarm;
        Alarm earlier = new Alarm(instant);
        alarm = earlier;
        if (later != null) {
            afterwards().call(later::supersede);
        }
        afterwards().call(() -> set(earlier));
    }

    private void set(Alarm unset) {
        boolean isSet = false;
        try {
            unset.set(wakeups, () -> ring(unset));
            isSet = true;
        } finally {
            if (!isSet) {
                forget(unset);
            }
        }
    }

    /** There will be no wake-up from this alarm; the next caller tries another. */
    private void forget(Alarm unset) {
        lock.lock();
        try {
            if (alarm == unset) {
                alarm = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private Afterwards afterwards() {
        Afterwards todo = afterwards;
        if (todo == null) {
            todo = new Afterwards();
            afterwards = todo;
        }
        return todo;
    }
}
