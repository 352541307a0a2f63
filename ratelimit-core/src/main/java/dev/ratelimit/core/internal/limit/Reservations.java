package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.queue.PendingReservation;
import dev.ratelimit.core.internal.queue.WaitQueues;
import dev.ratelimit.runtime.timers.Timers;

/**
 * The reservations of a limiter: permits that are taken now, or promised for a later instant.
 *
 * @param time the time source of the budgets
 * @param queues the queues, which keep the reservations that are not yet due
 * @param requests takes permits that the budgets have now
 * @param changes gives permits back
 * @param notifications the notifications of the listener
 */
record Reservations(
        TimeSource time, WaitQueues queues, QueuedRequests requests, Changes changes, Notifications notifications) {

    /**
     * Takes permits that the budgets have now, or reserves those that they will have within the policy's maximum delay.
     */
    CellReservation reserve(PolicyBudgets budgets, long key, long permits) {
        ImmediateTake now = new ImmediateTake(budgets, key, permits);
        Decision first = requests.attempt(budgets, key, permits, now);
        PendingReservation.ReserveResult promised = !requests.mayWait(first, budgets, key, permits)
                ? new PendingReservation.ReserveResult(first, null)
                : queues.reserve(
                        budgets,
                        key,
                        permits,
                        budgets.maxDelayNanos(),
                        now,
                        decision -> notifications.decided(decision, permits));
        PendingReservation promise = promised.promise();
        if (promise != null) {
            return promised(budgets, key, permits, promised.decision(), promise);
        }
        Decision decision = budgets.concluded(promised.decision(), key, time.nanos());
        notifications.decided(decision, permits);
        return decision.allowed()
                ? new CellReservation(decision, now.takenAt(), () -> {
                    now.cancel();
                    changes.refunded(budgets, key, permits);
                })
                : new CellReservation(decision, time.nanos(), null);
    }

    private CellReservation promised(
            PolicyBudgets budgets, long key, long permits, Decision decision, PendingReservation promise) {
        Runnable withdraw = () -> {
            if (queues.cancel(budgets, key, promise)) {
                notifications.gaveUp(decision.policy(), permits);
            }
        };
        ScheduledTask alarm;
        try {
            alarm = Timers.schedule(time, promise.due(), () -> queues.release(key));
        } catch (Throwable e) {
            withdraw.run();
            throw e;
        }
        return new CellReservation(decision, promise.due(), () -> {
            alarm.cancel();
            withdraw.run();
        });
    }
}
