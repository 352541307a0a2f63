package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Lease;
import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import dev.ratelimit.core.internal.concurrency.Admission;
import dev.ratelimit.core.internal.concurrency.ConcurrencyBounds;
import dev.ratelimit.core.internal.concurrency.Slot;
import dev.ratelimit.core.internal.concurrency.Slots;
import dev.ratelimit.core.internal.queue.Waiting;
import dev.ratelimit.runtime.timers.Departure;
import dev.ratelimit.runtime.timers.Handover;
import dev.ratelimit.runtime.timers.Nesting;
import dev.ratelimit.runtime.timers.Timers;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A pending lease of an asynchronous call, which waits first for its slot, and then for its permit.
 *
 * <p>A caller that gives up leaves the queue in which it waits. As long as its stage is not completed, it gives back
 * the slot and the permit that it has by then, also if an executor has yet to complete the stage, or never does. A slot
 * or permit that is handed over at that moment finds the {@link #stage} withdrawn, and is given back.
 *
 * <p>The lease timeout begins when the stage is completed. An executor has the same time to complete it, so that an
 * executor that drops tasks does not keep leases for ever.
 *
 * <p>Any failure completes the stage with the exception, and gives back the slot and the permit.
 */
final class LaterLease implements Waiting.Ending {

    private final TimeSource time;
    private final QueuedRequests waiters;
    private final Notifications notifications;
    private final UnaryOperator<PolicyBudgets> inForce;
    private final long key;
    private final long leaseTimeoutNanos;
    private final @Nullable Executor executor;
    private final Departure<Lease> stage = new Departure<>(this::withdraw);

    /** The budgets at the call; once it has its slot, the budgets that were in force at that moment. */
    private volatile PolicyBudgets budgets;

    private volatile Slots.@Nullable PendingEntry entering;
    private volatile @Nullable Slot slot;
    private volatile @Nullable CompletableFuture<Decision> permit;
    private volatile @Nullable Decision answer;

    /** Ends the wait for an executor. */
    private volatile @Nullable ScheduledTask deadline;

    LaterLease(
            TimeSource time,
            QueuedRequests waiters,
            Notifications notifications,
            UnaryOperator<PolicyBudgets> inForce,
            PolicyBudgets budgets,
            long key,
            @Nullable Executor executor) {
        this.time = time;
        this.waiters = waiters;
        this.notifications = notifications;
        this.inForce = inForce;
        this.budgets = budgets;
        this.key = key;
        this.executor = executor;
        ConcurrencyBounds bounds = budgets.bounds();
        this.leaseTimeoutNanos = bounds == null ? ConcurrencyBounds.FOREVER : bounds.leaseTimeoutNanos();
    }

    CompletableFuture<Lease> stage() {
        return stage;
    }

    /** Sets the pending entry that cancels the wait for a slot. */
    void by(Slots.PendingEntry call) {
        entering = call;
    }

    // Slot and permit

    /** Called when a slot is granted or refused. */
    void allowed(Admission admission) {
        slot = admission instanceof Slot mine ? mine : null;
        try {
            budgets = inForce.apply(budgets);
            if (slot != null) {
                awaitPermit();
                return;
            }
            Lease refused = Leases.refused(budgets.policy(), admission);
            notifications.decided(refused.decision(), 1);
            handOver(() -> stage.depart(refused));
        } catch (Throwable e) {
            fail(e);
        }
    }

    /** Called if the policy needs no slot. */
    void slotless() {
        awaitPermit();
    }

    private void awaitPermit() {
        if (stage.isWithdrawn()) {
            giveBack();
            withdrawn();
            return;
        }
        try {
            permit = waiters.forLease(budgets, key, this, this::deliver);
        } catch (Throwable e) {
            withdrawn();
            fail(e);
        }
        if (stage.isWithdrawn()) {
            giveBack();
        }
    }

    /** Called when the permit is granted or refused. A slot without a permit is given back at once. */
    @Override
    public void answered(Decision decision) {
        answer = decision;
        notifications.decided(decision, 1);
        if (!decision.allowed()) {
            close();
        }
    }

    /** The caller gave up before its turn. */
    @Override
    public void withdrawn() {
        notifications.gaveUp(budgets.policy().name(), 1);
    }

    // The hand-over

    /** Completes the stage with the decision, and then the future of the permit. */
    private void deliver(Runnable permitDeparts) {
        handOver(() -> {
            try {
                forgetDeadline();
                if (stage.depart(lease())) {
                    permitDeparts.run();
                }
            } catch (Throwable e) {
                fail(e);
            }
        });
    }

    /** Completes the stage: on the executor, or at a point where callers' code may run. */
    private void handOver(Runnable delivery) {
        try {
            if (executor == null) {
                runWhereItMay(delivery);
                return;
            }
            long given = time.nanos();
            Runnable handover = Handover.of(delivery, executor, this::runWhereItMay);
            // An executor may run a task at once, on this thread.
            if (!Nesting.run(handover)) {
                schedule(handover);
            }
            if (leaseTimeoutNanos != ConcurrencyBounds.FOREVER && slot != null && !stage.isDone()) {
                expectDeliverySince(given);
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    /**
     * Takes the lease back if it is not delivered within its lease timeout: the executor may have dropped the delivery.
     */
    private void expectDeliverySince(long given) {
        ScheduledTask set = Timers.schedule(time, given + leaseTimeoutNanos, this::takeBack);
        deadline = set;
        if (stage.isDone()) {
            set.cancel();
        }
    }

    private void takeBack() {
        if (stage.completeExceptionally(new TimeoutException("the executor has not delivered the lease in time"))) {
            notifications.reclaimed(budgets.policy().name());
        }
    }

    private void forgetDeadline() {
        ScheduledTask set = deadline;
        if (set != null) {
            set.cancel();
        }
    }

    private void runWhereItMay(Runnable completion) {
        boolean mayRunHere = stage.getNumberOfDependents() == 0 || time instanceof VirtualTimeSource;
        if (!mayRunHere || !Nesting.run(completion)) {
            schedule(completion);
        }
    }

    private void schedule(Runnable completion) {
        try {
            Timers.call(time, completion);
        } catch (Throwable e) {
            // The executor has no thread or no memory: complete on this thread rather than never.
            completion.run();
        }
    }

    private Lease lease() {
        Decision decision = Objects.requireNonNull(answer, "answered before it is delivered");
        Slot mine = slot;
        return mine == null ? Leases.lease(decision) : mine.lease(() -> decision);
    }

    /** Completes the stage with an exception, and gives everything back. */
    private void fail(Throwable thrown) {
        giveBack();
        runWhereItMay(() -> stage.completeExceptionally(thrown));
    }

    private void withdraw() {
        Slots.PendingEntry waiting = entering;
        if (waiting != null && waiting.cancel()) {
            withdrawn();
        }
        forgetDeadline();
        giveBack();
    }

    private void giveBack() {
        CompletableFuture<Decision> mine = permit;
        if (mine != null) {
            mine.cancel(true);
        }
        close();
    }

    private void close() {
        Slot mine = slot;
        if (mine != null) {
            mine.close();
        }
    }
}
