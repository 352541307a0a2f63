package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.waiting.Departure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A request that may wait: for which key, how many permits, and for how long.
 *
 * @param account the budgets of its policy
 * @param key the key
 * @param permits how many, at least 1
 * @param patience how long it may wait
 * @param taking takes the permits if they are there now
 * @param onExcess given the refusal if it is for what its own key has done; returns what the caller is told
 */
public record Waiting(
        PolicyAccount account,
        long key,
        long permits,
        MaxWait patience,
        PermitSource taking,
        UnaryOperator<Decision> onExcess) {

    /**
     * Has the current thread wait for its turn.
     *
     * @return the answer
     * @throws InterruptedException if the thread is interrupted before its turn; it has taken nothing
     */
    public Decision await(WaitQueues queues, TimeSource time) throws InterruptedException {
        ThreadCaller caller = new ThreadCaller(queues, time);
        JoinResult joined = queues.join(account, key, permits, patience, taking, caller);
        Waiter waiter = joined.waiter();
        return waiter == null ? answered(joined) : caller.await(waiter, joined.expected());
    }

    /**
     * Has a stage wait for its turn.
     *
     * @param ending told how the wait ends, or of the answer if there is none
     * @param executor what completes the stage; if there is none, a thread of the library does, or the one that moves a virtual time
     * @return the stage
     */
    public CompletableFuture<Decision> later(
            WaitQueues queues, TimeSource time, Ending ending, @Nullable Executor executor) {
        StageCaller caller = new StageCaller(queues, time, ending, executor);
        JoinResult joined = queues.join(account, key, permits, patience, taking, caller);
        Waiter waiter = joined.waiter();
        if (waiter != null) {
            return caller.begin(waiter, joined.expected());
        }
        Decision decision = answered(joined);
        ending.answered(decision);
        return CompletableFuture.completedFuture(decision);
    }

    /**
     * Has a stage wait for its turn, of which the executor decides when it is told: also of an answer that comes at
     * once. To cancel the stage before that gives back what it was given.
     *
     * @param delivery runs what completes the stage; it does not throw
     * @param undo gives back permits that were there at once
     */
    public CompletableFuture<Decision> laterBy(
            Executor delivery, WaitQueues queues, TimeSource time, Ending ending, Runnable undo) {
        StageCaller caller = new StageCaller(queues, time, ending, delivery);
        JoinResult joined = queues.join(account, key, permits, patience, taking, caller);
        Waiter waiter = joined.waiter();
        return waiter != null
                ? caller.begin(waiter, joined.expected())
                : answeredBy(delivery, answered(joined), ending, undo);
    }

    /** Has a stage told of an answer that came at once, as {@link #laterBy} does. */
    public static CompletableFuture<Decision> answeredBy(
            Executor delivery, Decision answer, Ending ending, Runnable undo) {
        Departure<Decision> stage = new Departure<>(answer.allowed() ? undo : () -> {});
        ending.answered(answer);
        delivery.execute(() -> stage.depart(answer));
        return stage;
    }

    private Decision answered(JoinResult joined) {
        Decision decision = joined.decision();
        if (decision == null) {
            throw new AssertionError("a call that does not wait has an answer");
        }
        return joined.isExcess() ? onExcess.apply(decision) : decision;
    }
}
