package dev.ratelimit.core.internal.concurrency;

import java.util.concurrent.locks.LockSupport;

/** A thread that waits for a slot, parked and without a lock. */
final class WaitingThread implements SlotCallback {

    private final Thread thread = Thread.currentThread();

    @Override
    public void decided(Waiter waiter) {
        LockSupport.unpark(thread);
    }

    /**
     * Waits until it is decided, on this thread; returns the slot, or the reason why there is none once the deadline has
     * come. A thread that is interrupted when it has been handed a slot keeps it, and stays interrupted.
     *
     * @throws InterruptedException if the thread is interrupted first; it has left the queue
     */
    static Admission await(Waiter waiter, Wakeups wakeups, long deadline) throws InterruptedException {
        boolean isOrderly = false;
        try {
            Wakeups.Cancellable timeout = wakeups.at(deadline, waiter::timeOut);
            Admission outcome;
            try {
                outcome = park(waiter);
            } finally {
                timeout.cancel();
            }
            isOrderly = true;
            return outcome;
        } finally {
            if (!isOrderly) {
                waiter.giveUp();
            }
        }
    }

    private static Admission park(Waiter waiter) throws InterruptedException {
        boolean isInterrupted = false;
        try {
            for (Admission outcome = waiter.outcome(); ; outcome = waiter.outcome()) {
                if (outcome != null) {
                    return outcome;
                }
                LockSupport.park(waiter);
                if (Thread.interrupted()) {
                    if (waiter.withdraw()) {
                        throw new InterruptedException();
                    }
                    isInterrupted = true;
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
