package dev.ratelimit.core.internal.concurrency;

import java.util.concurrent.locks.LockSupport;

/** A thread that waits for a slot. It is parked, and holds no lock. */
final class WaitingThread implements Waiter.Callback {

    private final Thread thread = Thread.currentThread();

    @Override
    public void decided(Waiter waiter) {
        LockSupport.unpark(thread);
    }

    /**
     * Waits on this thread until the outcome is decided; returns the slot, or the reason of the refusal once the
     * deadline has passed. A thread that is interrupted after it got a slot keeps it, and stays interrupted.
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
