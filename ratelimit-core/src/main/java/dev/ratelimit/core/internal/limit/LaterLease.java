package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Lease;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import dev.ratelimit.core.internal.concurrency.Admission;
import dev.ratelimit.core.internal.concurrency.Entering;
import dev.ratelimit.core.internal.concurrency.Slot;
import dev.ratelimit.core.internal.waiting.Departure;
import dev.ratelimit.core.internal.waiting.Handover;
import dev.ratelimit.core.internal.waiting.Timers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A lease that is waited for without a thread: for its slot first, and then for its permit.
 *
 * <p>A caller that gives up leaves the queue in which it stands. Whichever of the two queues hands something over at that moment
 * finds {@link #isWithdrawn} set, and what it handed over goes back.
 */
final class LaterLease {

    private final TimeSource time;
    private final Waiters waiters;
    private final Notifications notifications;
    private final PolicyBudgets budgets;
    private final long key;
    private final @Nullable Executor executor;
    private final Departure<Lease> stage = new Departure<>(this::withdraw);
    private volatile boolean isWithdrawn;
    private volatile @Nullable Entering entering;
    private volatile @Nullable CompletableFuture<Decision> permit;

    LaterLease(
            TimeSource time,
            Waiters waiters,
            Notifications notifications,
            PolicyBudgets budgets,
            long key,
            @Nullable Executor executor) {
        this.time = time;
        this.waiters = waiters;
        this.notifications = notifications;
        this.budgets = budgets;
        this.key = key;
        this.executor = executor;
    }

    CompletableFuture<Lease> stage() {
        return stage;
    }

    /** Names what gives up the wait for a slot. */
    void by(Entering call) {
        entering = call;
    }

    /** There is a slot, or there will be none. */
    void admitted(Admission admission) {
        if (admission instanceof Slot slot) {
            awaitPermit(slot);
            return;
        }
        Lease refused = Leases.refused(budgets.policy(), admission);
        notifications.decided(refused.decision(), 1);
        deliver(refused);
    }

    /** No slot is needed. */
    void slotless() {
        awaitPermit(null);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what it completes is the caller's stage
    private void awaitPermit(@Nullable Slot slot) {
        if (isWithdrawn) {
            close(slot);
            notifications.gaveUp(budgets.policy().name(), 1);
            return;
        }
        CompletableFuture<Decision> waiting;
        try {
            waiting = waiters.later(budgets, key, 1, Waiters.AS_THE_POLICY_ALLOWS, null);
        } catch (Throwable e) {
            close(slot);
            throw e;
        }
        permit = waiting;
        waiting.whenComplete((decision, failure) -> {
            if (decision == null) {
                close(slot);
            } else {
                deliver(slot == null ? Leases.lease(decision) : slot.lease(() -> decision));
            }
        });
        if (isWithdrawn) {
            waiting.cancel(true);
        }
    }

    /** Completes the stage: by the executor, or where callers' code may run. */
    private void deliver(Lease lease) {
        Runnable departure = () -> {
            // If its caller gave up when it had its lease, the place goes back; the permit is spent.
            if (!stage.depart(lease)) {
                lease.close();
            }
        };
        if (executor != null) {
            Handover.of(departure, executor).run();
        } else if (stage.getNumberOfDependents() == 0 || time instanceof VirtualTimeSource) {
            departure.run();
        } else {
            Timers.schedule(time, time.nanos(), departure, null);
        }
    }

    private void withdraw() {
        isWithdrawn = true;
        Entering slot = entering;
        if (slot != null && slot.cancel()) {
            notifications.gaveUp(budgets.policy().name(), 1);
        }
        CompletableFuture<Decision> waiting = permit;
        if (waiting != null) {
            waiting.cancel(true);
        }
    }

    private static void close(@Nullable Slot slot) {
        if (slot != null) {
            slot.close();
        }
    }
}
