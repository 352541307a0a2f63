package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Lease;
import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import dev.ratelimit.core.internal.concurrency.Admission;
import dev.ratelimit.core.internal.concurrency.ConcurrencyBounds;
import dev.ratelimit.core.internal.concurrency.PendingEntry;
import dev.ratelimit.core.internal.concurrency.Slot;
import dev.ratelimit.core.internal.queue.Ending;
import dev.ratelimit.core.internal.waiting.Departure;
import dev.ratelimit.core.internal.waiting.Handover;
import dev.ratelimit.core.internal.waiting.Nesting;
import dev.ratelimit.core.internal.waiting.Timers;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A lease that is waited for without a thread: for its slot first, and then for its permit.
 *
 * <p>A caller that gives up leaves the queue in which it stands. Until its stage is completed it gives back the slot
 * and the permit that it has by then, also if an executor has yet to complete the stage, or never does. What is handed
 * to it at that moment finds that the {@link #stage} is withdrawn, and goes back.
 *
 * <p>The lease timeout begins when the stage is completed. An executor has as long to complete it, so that one that
 * drops what it is given keeps nothing for ever.
 *
 * <p>Whatever fails completes the stage: with the exception, and without the slot and the permit.
 */
final class LaterLease implements Ending {

    private final TimeSource time;
    private final QueuedRequests waiters;
    private final Notifications notifications;
    private final UnaryOperator<PolicyBudgets> inForce;
    private final long key;
    private final long leaseTimeoutNanos;
    private final @Nullable Executor executor;
    private final Departure<Lease> stage = new Departure<>(this::withdraw);

    /** What it came under; from when it has its slot on, what was in force then. */
    private volatile PolicyBudgets budgets;

    private volatile @Nullable PendingEntry entering;
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

    /** Names what gives up the wait for a slot. */
    void by(PendingEntry call) {
        entering = call;
    }

    // What is waited for

    /** There is a slot, or there will be none. */
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

    /** No slot is needed. */
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

    /** The permit is there or is refused. A slot without a permit goes back at once. */
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

    /** Completes the stage with what was answered, and then what the permit was waited for with. */
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

    /** Completes the stage: by the executor, or where callers' code may run. */
    private void handOver(Runnable delivery) {
        try {
            if (executor == null) {
                runWhereItMay(delivery);
                return;
            }
            long given = time.nanos();
            Runnable handover = Handover.of(delivery, executor, this::runWhereItMay);
            // An executor may run what it is given at once.
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
            // No thread, or no memory: better here than never.
            completion.run();
        }
    }

    private Lease lease() {
        Decision decision = Objects.requireNonNull(answer, "answered before it is delivered");
        Slot mine = slot;
        return mine == null ? Leases.lease(decision) : mine.lease(() -> decision);
    }

    /** Completes the stage with an exception; nothing is left of what it had. */
    private void fail(Throwable thrown) {
        giveBack();
        runWhereItMay(() -> stage.completeExceptionally(thrown));
    }

    // Giving up

    private void withdraw() {
        PendingEntry waiting = entering;
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
