package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import org.jspecify.annotations.Nullable;

/**
 * What a thread has to do once it no longer holds the lock of a stripe: answer those that have left a queue, say to the
 * first of one when its turn is expected, tell of reservations that cannot be given up any more.
 *
 * <p>It links what it is given, so that nothing is allocated under the lock.
 */
final class AfterUnlock {

    private @Nullable Waiter firstLeft;
    private @Nullable Waiter lastLeft;
    private @Nullable PendingReservation firstDeparted;
    private @Nullable PendingReservation lastDeparted;
    private @Nullable Waiter expecting;
    private long expected;

    /** A waiter has left its queue. */
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

    /** A reservation has come due, or is never charged. */
    void departed(PendingReservation promise) {
        if (lastDeparted == null) {
            firstDeparted = promise;
        } else {
            lastDeparted.next = promise;
        }
        lastDeparted = promise;
    }

    /** A waiter's turn is expected at an instant; there is one at most. */
    void expect(Waiter waiter) {
        expecting = waiter;
        expected = waiter.expected;
    }

    /**
     * Does it all. What fails with one waiter, because of its executor or of a timer that cannot be had, is no other's affair: it
     * goes to the thread's handler of uncaught exceptions.
     *
     * @param own the caller for which the current thread is here, if any: it comes last, so that its code delays nobody
     * @param mayRunCode whether the current thread may run the code of applications of all others, too
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
            // The next that looks at the queue tries again.
            waiter.stripe.lock.lock();
            try {
                waiter.isExpected = false;
            } finally {
                waiter.stripe.lock.unlock();
            }
            report(e);
        }
    }

    private static void answer(Waiter waiter, boolean mayRunCode) {
        Decision answer = waiter.answer;
        if (answer != null) {
            try {
                waiter.caller.answer(answer, mayRunCode);
            } catch (Throwable e) {
                report(e);
            }
        }
    }

    private static void report(Throwable thrown) {
        Thread thread = Thread.currentThread();
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
        } catch (Throwable ofTheHandler) {
            // Dropped, as the JVM drops it.
        }
    }
}
