package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.runtime.locks.Mutex;
import org.jspecify.annotations.Nullable;

/**
 * The actions of a thread after it has released the lock of a stripe: it tells waiters that they were handed a slot,
 * reports slots that were taken back, and sets an alarm.
 *
 * <p>Recording an action only links existing objects, and so needs no memory. Guarded by the stripe's lock.
 *
 * <p>The waiting queues have their own class of this name. It is created by each thread that takes a lock, which the
 * calls here must not do: they may have no memory left. And its actions have an order, with the thread's own call last.
 * Each hands down errors itself, because a thread that is short of stack must not have to load another class for that.
 */
final class AfterUnlock {

    private final Wakeups wakeups;
    private final Slots.ReclaimListener listener;

    private @Nullable Waiter firstHanded;
    private @Nullable Waiter lastHanded;
    private @Nullable Slot firstReclaimed;
    private @Nullable Slot lastReclaimed;
    private long reclaimedAt;
    private @Nullable Alarm replaced;
    private @Nullable Alarm unset;

    AfterUnlock(Wakeups wakeups, Slots.ReclaimListener listener) {
        this.wakeups = wakeups;
        this.listener = listener;
    }

    /** Records a waiter that has left the queue with a slot. */
    void tell(Waiter handed) {
        if (lastHanded == null) {
            firstHanded = handed;
        } else {
            lastHanded.next = handed;
        }
        lastHanded = handed;
    }

    /** Records a slot that was taken back. */
    void report(Slot reclaimed, long now) {
        if (lastReclaimed == null) {
            firstReclaimed = reclaimed;
        } else {
            lastReclaimed.next = reclaimed;
        }
        lastReclaimed = reclaimed;
        reclaimedAt = now;
    }

    /** Records an alarm to set, and the later one that it replaces. */
    void replace(@Nullable Alarm later, Alarm earlier) {
        replaced = later;
        unset = earlier;
    }

    /** Unlocks, and runs all recorded actions. */
    void leave(Mutex lock) {
        Waiter handed = firstHanded;
        Slot reclaimed = firstReclaimed;
        Alarm earlier = unset;
        if (handed == null && reclaimed == null && earlier == null) {
            lock.unlock();
            return;
        }
        Alarm later = replaced;
        long instant = earlier == null ? 0 : earlier.instant;
        long now = reclaimedAt;
        forget();
        lock.unlock();
        tellAll(handed);
        reportAll(reclaimed, now);
        setInPlaceOf(later, earlier, instant);
    }

    private void forget() {
        firstHanded = null;
        lastHanded = null;
        firstReclaimed = null;
        lastReclaimed = null;
        replaced = null;
        unset = null;
    }

    /**
     * An exception from here on affects only the callback that throws it: no slot, and no other waiter, depends on it.
     */
    private static void tellAll(@Nullable Waiter first) {
        Waiter handed = first;
        while (handed != null) {
            Waiter next = handed.next;
            handed.next = null;
            try {
                handed.tell();
            } catch (Throwable thrown) {
                handDown(thrown);
            }
            handed = next;
        }
    }

    private void reportAll(@Nullable Slot first, long now) {
        Slot reclaimed = first;
        while (reclaimed != null) {
            Slot next = reclaimed.next;
            reclaimed.next = null;
            try {
                listener.reclaimed(
                        reclaimed.occupancy.fingerprint, now - reclaimed.deadline + reclaimed.leaseTimeoutNanos);
            } catch (Throwable thrown) {
                handDown(thrown);
            }
            reclaimed = next;
        }
    }

    private void setInPlaceOf(@Nullable Alarm later, @Nullable Alarm earlier, long instant) {
        try {
            if (later != null) {
                later.supersede();
            }
        } catch (Throwable thrown) {
            handDown(thrown);
        }
        try {
            if (earlier != null) {
                earlier.set(wakeups, instant);
            }
        } catch (Throwable thrown) {
            handDown(thrown);
        }
    }

    private static void handDown(Throwable thrown) {
        try {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
        } catch (Throwable ofTheHandler) {
            // Drop it, as the JVM does.
        }
    }
}
