package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import dev.ratelimit.TimeSource;
import dev.ratelimit.runtime.timers.Departure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A request that may wait for permits: its key, its permits, and its maximum wait.
 *
 * @param account the budgets of its policy
 * @param key the key
 * @param permits the number of permits, at least 1
 * @param patience the maximum wait
 * @param taking takes the permits if the budgets have them now
 * @param onExcess receives a refusal that is due to the key's own usage; returns the decision for the caller
 */
public record Waiting(
        PolicyAccount account,
        long key,
        long permits,
        MaxWait patience,
        WaitQueues.PermitSource taking,
        UnaryOperator<Decision> onExcess) {

    /**
     * Makes the current thread wait for its turn.
     *
     * @return the decision
     * @throws InterruptedException if the thread is interrupted before its turn; it has taken nothing
     */
    public Decision await(WaitQueues queues, TimeSource time) throws InterruptedException {
        ThreadCaller caller = new ThreadCaller(time);
        NewRequest.JoinResult joined = queues.join(account, key, permits, patience, taking, caller);
        Waiter waiter = joined.waiter();
        return waiter == null ? answered(joined) : caller.await(waiter, joined.expected());
    }

    /**
     * Makes a stage wait for its turn.
     *
     * @param ending receives the end of the wait, or the decision if there is no wait
     * @param executor completes the stage; if it is null, a thread of the library does, or the thread that moves a
     *     virtual time source
     * @return the stage
     */
    public CompletableFuture<Decision> later(
            WaitQueues queues, TimeSource time, Ending ending, @Nullable Executor executor) {
        StageCaller caller = new StageCaller(time, ending, executor);
        NewRequest.JoinResult joined = queues.join(account, key, permits, patience, taking, caller);
        Waiter waiter = joined.waiter();
        if (waiter != null) {
            return caller.begin(waiter, joined.expected());
        }
        Decision decision = answered(joined);
        ending.answered(decision);
        return CompletableFuture.completedFuture(decision);
    }

    /**
     * Makes a stage wait for its turn, which a task of {@code delivery} completes, also if the decision is immediate.
     * Cancelling the stage before that gives its permits back.
     *
     * @param delivery runs the task that completes the stage; it does not throw
     * @param undo gives back permits that were taken at once
     */
    public CompletableFuture<Decision> laterBy(
            Executor delivery, WaitQueues queues, TimeSource time, Ending ending, Runnable undo) {
        StageCaller caller = new StageCaller(time, ending, delivery);
        NewRequest.JoinResult joined = queues.join(account, key, permits, patience, taking, caller);
        Waiter waiter = joined.waiter();
        return waiter != null
                ? caller.begin(waiter, joined.expected())
                : answeredBy(delivery, answered(joined), ending, undo);
    }

    /** Completes a stage with an immediate decision, as {@link #laterBy} does. */
    public static CompletableFuture<Decision> answeredBy(
            Executor delivery, Decision answer, Ending ending, Runnable undo) {
        Departure<Decision> stage = new Departure<>(answer.allowed() ? undo : () -> {});
        ending.answered(answer);
        delivery.execute(() -> stage.depart(answer));
        return stage;
    }

    private Decision answered(NewRequest.JoinResult joined) {
        Decision decision = joined.decision();
        if (decision == null) {
            throw new AssertionError("a call that does not wait has an answer");
        }
        return joined.isExcess() ? onExcess.apply(decision) : decision;
    }

    /**
     * The maximum wait of a call.
     *
     * @param policyNanos the longest wait that its policy allows
     * @param callerNanos the longest wait that its caller accepts
     */
    public record MaxWait(long policyNanos, long callerNanos) {

        long nanos() {
            return Math.min(policyNanos, callerNanos);
        }
    }

    /** The end of the wait of a stage. Exactly one of the methods is called, once. */
    public interface Ending {

        /** Called when its turn has come, or it is refused. */
        void answered(Decision decision);

        /** Called when its caller gave up before the answer was delivered. */
        void withdrawn();
    }
}
