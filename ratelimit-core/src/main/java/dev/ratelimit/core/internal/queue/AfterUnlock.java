package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import org.jspecify.annotations.Nullable;

/**
 * The actions of a thread after it has released the lock of a stripe: it answers calls that have left a queue, tells
 * the first call of a queue when its turn is expected, and reports reservations that can no longer be cancelled.
 *
 * <p>It links its entries, so that nothing is allocated under the lock.
 */
final class AfterUnlock {

    private @Nullable Waiter firstLeft;
    private @Nullable Waiter lastLeft;
    private @Nullable PendingReservation firstDeparted;
    private @Nullable PendingReservation lastDeparted;
    private @Nullable Waiter expecting;
    private long expected;

    /** Adds a waiter that has left its queue. */
    void answer(Waiter waiter, Decision answer) {
        waiter.answer = answer;
        waiter.next = null;
        if (lastLeft == null) {
            firstLeft = waiter;
        } else {
            lastLeft.next = waiter;
        }
        lastLeft = waiter;
    }

    /** Adds a reservation that is due, or is never charged. */
    void departed(PendingReservation promise) {
        if (lastDeparted == null) {
            firstDeparted = promise;
        } else {
            lastDeparted.next = promise;
        }
        lastDeparted = promise;
    }

    /** Adds a waiter whose turn is expected at an instant. There is at most one. */
    void expect(Waiter waiter) {
        expecting = waiter;
        expected = waiter.expected;
    }

    /**
     * Runs all actions. A failure with one waiter, because of its executor or a missing timer, does not affect others:
     * it goes to the thread's handler of uncaught exceptions.
     *
     * @param own the caller of the current thread, if any: it comes last, so that its code delays no other
     * @param mayRunCode whether the current thread may also run application code of all others
     */
    void run(@Nullable Caller own, boolean mayRunCode) {
        for (PendingReservation promise = firstDeparted; promise != null; promise = promise.next) {
            promise.onDeparture.accept(promise.decision);
        }
        if (expecting != null) {
            expect(expecting, expected);
        }
        Waiter last = null;
        Waiter waiter = firstLeft;
        while (waiter != null) {
            Waiter next = waiter.next;
            waiter.next = null;
            if (waiter.caller == own && !mayRunCode) {
                last = waiter;
            } else {
                answer(waiter, mayRunCode);
            }
            waiter = next;
        }
        if (last != null) {
            answer(last, true);
        }
    }

    private static void expect(Waiter waiter, long instant) {
        try {
            waiter.caller.expect(instant);
        } catch (Throwable e) {
            // The next thread that visits the queue tries again.
            waiter.stripe.lock.lock();
            try {
                waiter.isExpected = false;
            } finally {
                waiter.stripe.lock.unlock();
            }
            handDown(e);
        }
    }

    private static void answer(Waiter waiter, boolean mayRunCode) {
        Decision answer = waiter.answer;
        if (answer != null) {
            try {
                waiter.caller.answer(answer, mayRunCode);
            } catch (Throwable e) {
                handDown(e);
            }
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
