package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.queue.WaitQueues;
import dev.ratelimit.core.internal.queue.Waiting;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one limiter, with regard to its queues.
 *
 * <p>A request first tries to take permits without a lock. Only a request that would have to wait, or whose key has a
 * queue, goes to {@link WaitQueues}.
 */
final class QueuedRequests {

    /** The patience of a caller that waits as long as the policy allows. */
    static final long AS_THE_POLICY_ALLOWS = Long.MAX_VALUE;

    private final TimeSource time;
    private final WaitQueues queues;
    private final CalledBlackouts blackouts;
    private final Changes changes;
    private final Notifications notifications;

    QueuedRequests(
            TimeSource time,
            WaitQueues queues,
            CalledBlackouts blackouts,
            Changes changes,
            Notifications notifications) {
        this.time = time;
        this.queues = queues;
        this.blackouts = blackouts;
        this.changes = changes;
        this.notifications = notifications;
    }

    // Without waiting

    /** Takes permits if the budgets have all of them now, where any key has a queue or may be in a blackout. */
    boolean tryTake(PolicyBudgets budgets, long key, long permits, long clock) {
        if (!queues.isEmpty(key) || blackouts.nanosLeft(key, clock) > 0) {
            return decide(budgets, key, permits, clock).allowed();
        }
        // As if no key had either: this one has none of them.
        return budgets.tryTake(key, permits, clock) && (queues.isEmpty(key) || confirms(budgets, key, permits));
    }

    /** Takes permits if the budgets have all of them now. */
    Decision decide(PolicyBudgets budgets, long key, long permits, long clock) {
        return budgets.concluded(attempt(budgets, key, permits, clock), key, clock);
    }

    private Decision attempt(PolicyBudgets budgets, long key, long permits, long clock) {
        Decision refusal = refusal(budgets, key, permits, clock);
        return refusal != null ? refusal : reviewed(budgets, key, permits, budgets.attempt(key, permits, clock));
    }

    /**
     * Returns the refusal of a request to which the queue of its key leaves no permits, or in a blackout that was
     * called for; null if there is none. The check comes before permits are taken, because taking and giving them back
     * would refuse others meanwhile.
     */
    private @Nullable Decision refusal(PolicyBudgets budgets, long key, long permits, long clock) {
        if (queues.isEmpty()) {
            return null;
        }
        Decision behindOthers = behindOthers(budgets, key, permits, clock);
        return behindOthers == null || behindOthers.allowed() ? null : behindOthers;
    }

    /** What the key's queue, and a blackout that was called for, leave a request; null if there is neither. */
    private @Nullable Decision behindOthers(PolicyBudgets budgets, long key, long permits, long clock) {
        long dark = blackouts.nanosLeft(key, clock);
        Decision inQueue = queues.look(budgets, key, permits);
        if (inQueue == null) {
            return dark == 0 ? null : budgets.darkened(key, permits, clock, dark);
        }
        Decision alone = budgets.peek(key, permits, clock);
        return isByRate(alone) || alone.retryAfterNanos() < inQueue.retryAfterNanos() ? inQueue : alone;
    }

    private static boolean isByRate(Decision decision) {
        return decision.allowed() || decision.reason() == Decision.Reason.OVER_LIMIT;
    }

    /** Returns whether permits that were taken without a check of the queue may be kept. */
    boolean confirms(PolicyBudgets budgets, long key, long permits) {
        Decision decision = queues.review(budgets, key, permits, clock -> budgets.attempt(key, permits, clock));
        if (decision != null && PolicyBudgets.isExcess(decision)) {
            budgets.beginBlackout(key, time.nanos());
        }
        return decision == null || decision.allowed();
    }

    private Decision reviewed(PolicyBudgets budgets, long key, long permits, Decision first) {
        if (!first.allowed() || queues.isEmpty()) {
            return first;
        }
        Decision second = queues.review(budgets, key, permits, clock -> budgets.attempt(key, permits, clock));
        return second == null ? first : second;
    }

    /** Returns the decision that {@link #decide} would give. */
    Decision peek(PolicyBudgets budgets, long key, long permits, long clock) {
        Decision behindOthers = queues.isEmpty() ? null : behindOthers(budgets, key, permits, clock);
        return behindOthers == null ? budgets.peek(key, permits, clock) : behindOthers;
    }

    // With waiting

    /** Takes permits, and returns when the caller may use them or they were refused. */
    Decision await(PolicyBudgets budgets, long key, long permits, long patienceNanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Decision first = first(budgets, key, permits);
        return first != null
                ? first
                : waiting(budgets, key, permits, patienceNanos).await(queues, time);
    }

    /** Does the same, and notifies the listener; returns whether the caller may use the permits. */
    boolean acquire(PolicyBudgets budgets, long key, long permits, long patienceNanos) throws InterruptedException {
        Decision decision;
        try {
            decision = await(budgets, key, permits, patienceNanos);
        } catch (InterruptedException e) {
            notifications.gaveUp(budgets.policy().name(), permits);
            throw e;
        }
        return notifications.decided(decision, permits).allowed();
    }

    /** Takes permits. The future is completed when the caller may use them or they were refused. */
    CompletableFuture<Decision> later(
            PolicyBudgets budgets, long key, long permits, long patienceNanos, @Nullable Executor executor) {
        Decision first = first(budgets, key, permits);
        if (first != null) {
            notifications.decided(first, permits);
            return CompletableFuture.completedFuture(first);
        }
        return waiting(budgets, key, permits, patienceNanos)
                .later(queues, time, new StageEnding(budgets, permits), executor);
    }

    /** Returns the decision on a request that is decided at once; null if it would have to wait. */
    private @Nullable Decision first(PolicyBudgets budgets, long key, long permits) {
        long clock = time.nanos();
        if (!budgets.shapes()) {
            return decide(budgets, key, permits, clock);
        }
        Decision first = attempt(budgets, key, permits, clock);
        return mayWait(first, budgets, key, permits) ? null : budgets.concluded(first, key, clock);
    }

    /**
     * Whether a request that was refused for now can wait: for its permits, or for the end of a blackout that was
     * called for.
     */
    boolean mayWait(Decision first, PolicyBudgets budgets, long key, long permits) {
        return budgets.shapes()
                && switch (first.reason()) {
                    case OVER_LIMIT -> true;
                    case BLACKOUT -> !budgets.bars(key, permits, time.nanos());
                    default -> false;
                };
    }

    private Waiting waiting(PolicyBudgets budgets, long key, long permits, long patienceNanos) {
        return waiting(budgets, key, permits, patienceNanos, clock -> budgets.attempt(key, permits, clock));
    }

    private Waiting waiting(
            PolicyBudgets budgets, long key, long permits, long patienceNanos, WaitQueues.PermitSource taking) {
        return new Waiting(
                budgets,
                key,
                permits,
                new Waiting.MaxWait(budgets.maxDelayNanos(), patienceNanos),
                taking,
                refusal -> budgets.intoBlackout(refusal, key, time.nanos()));
    }

    /** The ending of the wait of a stage. */
    private final class StageEnding implements Waiting.Ending {

        private final PolicyBudgets budgets;
        private final long permits;

        StageEnding(PolicyBudgets budgets, long permits) {
            this.budgets = budgets;
            this.permits = permits;
        }

        @Override
        public void answered(Decision decision) {
            notifications.decided(decision, permits);
        }

        @Override
        public void withdrawn() {
            notifications.gaveUp(budgets.policy().name(), permits);
        }
    }

    // For leases

    /**
     * Takes a permit for a lease. A task of {@code delivery} completes the future when the permit may be used or was
     * refused. Cancelling the future before that gives the permit back.
     *
     * @param ending receives the end of the wait
     * @param delivery runs the task that completes the future; it does not throw
     */
    CompletableFuture<Decision> forLease(PolicyBudgets budgets, long key, Waiting.Ending ending, Executor delivery) {
        ImmediateTake taken = new ImmediateTake(budgets, key, 1);
        Runnable undo = () -> {
            taken.cancel();
            changes.refunded(budgets, key, 1);
        };
        Decision first = first(budgets, key, taken);
        return first == null
                ? waiting(budgets, key, 1, AS_THE_POLICY_ALLOWS, taken).laterBy(delivery, queues, time, ending, undo)
                : Waiting.answeredBy(delivery, first, ending, undo);
    }

    /** Returns the decision on a request for one permit that is decided at once; null if it would have to wait. */
    private @Nullable Decision first(PolicyBudgets budgets, long key, ImmediateTake taken) {
        Decision first = attempt(budgets, key, 1, taken);
        return mayWait(first, budgets, key, 1) ? null : budgets.concluded(first, key, time.nanos());
    }

    /** Takes permits in a way that can be cancelled, if the key's queue leaves them to this request. */
    Decision attempt(PolicyBudgets budgets, long key, long permits, ImmediateTake taken) {
        Decision refusal = refusal(budgets, key, permits, time.nanos());
        Decision first = refusal == null ? taken.at(time.nanos()) : refusal;
        if (!first.allowed() || queues.isEmpty()) {
            return first;
        }
        Decision second = queues.review(budgets, key, permits, taken);
        return second == null ? first : second;
    }
}
