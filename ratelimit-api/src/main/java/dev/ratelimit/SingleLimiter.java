package dev.ratelimit;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * A limiter without keys: one policy, and one set of budgets for all callers together. It protects a node or a backend
 * as a whole.
 *
 * <pre>{@code
 * SingleLimiter node = Limiters.single(Policy.of("node", Rate.perSecond(1000)).shape(Duration.ofSeconds(2)));
 * if (!node.acquire()) return serviceBusy();
 * }</pre>
 *
 * <p>It does all that a {@link Limiter} does for one key: several rates, waiting, reservations, a blackout, leases, a
 * live change. It has no settings for many keys: no bound on keys, and no choice of what happens to a new key when
 * there are too many.
 *
 * <p><b>Waiting.</b> <b>Under a policy that does not {@linkplain Policy#shape shape}, no call waits for permits</b>,
 * and {@code acquire} answers at once, as {@code tryAcquire} does. A limiter of a {@link Rate} alone has such a policy.
 * Under one that shapes, {@code acquire} and {@code enter} wait. {@code enter} waits for a lease first, under any
 * policy.
 *
 * <p><b>Memory.</b> Fixed when the limiter is built, except for waiting calls and held leases.
 *
 * <p><b>Errors.</b> Arguments are checked before anything changes. Null throws a {@link NullPointerException}, and zero
 * or negative permits throw an {@link IllegalArgumentException}.
 *
 * <p><b>Thread-safety.</b> Any number of threads may call all methods at once. Calls under one policy are linearizable.
 * A call that is under way during an {@link #update} is decided by either policy, and takes its permits once.
 */
public interface SingleLimiter {

    // Without waiting

    /**
     * Takes one permit, if the budgets have one now. Never waits.
     *
     * @return whether the permit was taken
     */
    boolean tryAcquire();

    /**
     * Takes permits, if the budgets have all of them now. Otherwise takes none. Never waits.
     *
     * @param permits the number of permits, at least 1; more than the capacity are never granted
     * @return whether the permits were taken
     */
    boolean tryAcquire(long permits);

    /**
     * Takes one permit as {@link #tryAcquire()} does, and returns the decision with its figures.
     *
     * @return the decision; its remaining permits are those left after the permit was taken
     */
    Decision decide();

    /**
     * Takes permits as {@link #tryAcquire(long)} does, and returns the decision with its figures.
     *
     * @param permits how many, at least 1
     * @return the decision; its remaining permits are those left after the permits were taken
     */
    Decision decide(long permits);

    /**
     * Returns whether one permit could be taken now, and takes nothing.
     *
     * @return the decision of {@link #decide()}, but with the permits that remain before any is taken
     */
    Decision peek();

    /**
     * Returns whether {@code permits} permits could be taken now, and takes nothing.
     *
     * @param permits how many, at least 1
     * @return the decision of {@link #decide(long)}, but with the permits that remain before any is taken
     */
    Decision peek(long permits);

    /**
     * Takes permits that the budgets have now, or will have within the policy's
     * {@linkplain Policy#shape maximum delay}, and returns when they are due. Never waits.
     *
     * @param permits how many, at least 1
     * @return the reservation, granted or refused
     */
    Reservation reserve(long permits);

    // Waiting

    /**
     * Takes one permit, and waits for it <b>only if the policy {@linkplain Policy#shape shapes}</b>, as
     * {@link #acquire(long)} does.
     *
     * @return whether the permit was taken, and may be used now
     * @throws InterruptedException if the thread is interrupted before its turn; the call has taken nothing
     */
    boolean acquire() throws InterruptedException;

    /**
     * Takes permits, and waits for them <b>only if the policy {@linkplain Policy#shape shapes}</b>: under any other
     * policy it does not
     * wait, and answers at once, as {@link #tryAcquire(long)} does. Waiting and refusals are those
     * of {@link Limiter#acquire(Object, long)}.
     *
     * @param permits how many, at least 1
     * @return whether the permits were taken, and may be used now
     * @throws InterruptedException if the thread is interrupted before its turn; the call has taken nothing
     */
    boolean acquire(long permits) throws InterruptedException;

    /**
     * Takes permits as {@link #acquire(long)} does, and waits no longer than the caller accepts; <b>under a policy that
     * does not {@linkplain Policy#shape shape} it does not wait</b>, whatever {@code maxWait} is.
     *
     * @param permits how many, at least 1
     * @param maxWait the maximum wait: see {@link Limiter#acquire(Object, long, Duration)}
     * @return whether the permits were taken, and may be used now
     * @throws IllegalArgumentException if {@code maxWait} is negative, or longer than {@link Policy#MAX_DURATION}
     * @throws InterruptedException if the thread is interrupted before its turn; the call has taken nothing
     */
    boolean acquire(long permits, Duration maxWait) throws InterruptedException;

    /**
     * Takes one permit as {@link #acquireAsync(long)} does: the stage waits <b>only if the policy
     * {@linkplain Policy#shape shapes}</b>.
     *
     * @return the decision, when the permit may be used or was refused
     */
    CompletionStage<Decision> acquireAsync();

    /**
     * Takes permits as {@link #acquire(long)} does, without holding a thread while it waits: <b>only if the policy
     * {@linkplain Policy#shape shapes}</b>; otherwise the stage is complete at once.
     * {@link Limiter#acquireAsync(Object, long)} says where the stage is completed, and what cancelling it does.
     *
     * @param permits how many, at least 1
     * @return the decision, when the permits may be used or were refused: a refusal is a decision, not an exception
     */
    CompletionStage<Decision> acquireAsync(long permits);

    /**
     * Takes permits as {@link #acquireAsync(long)} does, and completes the stage on an executor if it had to wait.
     *
     * @param permits how many, at least 1
     * @param executor completes the stage
     * @return the decision, when the permits may be used or were refused
     */
    CompletionStage<Decision> acquireAsync(long permits, Executor executor);

    /**
     * Takes permits as {@link #acquireAsync(long)} does, and waits no longer than the caller accepts.
     *
     * @param permits how many, at least 1
     * @param maxWait the maximum wait: see {@link Limiter#acquire(Object, long, Duration)}
     * @return the decision, when the permits may be used or were refused
     * @throws IllegalArgumentException if {@code maxWait} is negative, or longer than {@link Policy#MAX_DURATION}
     */
    CompletionStage<Decision> acquireAsync(long permits, Duration maxWait);

    /**
     * Takes permits as {@link #acquireAsync(long, Duration)} does, and completes the stage on an executor if it had to
     * wait.
     *
     * @param permits how many, at least 1
     * @param maxWait the maximum wait: see {@link Limiter#acquire(Object, long, Duration)}
     * @param executor completes the stage
     * @return the decision, when the permits may be used or were refused
     * @throws IllegalArgumentException if {@code maxWait} is negative, or longer than {@link Policy#MAX_DURATION}
     */
    CompletionStage<Decision> acquireAsync(long permits, Duration maxWait, Executor executor);

    // Leases

    /**
     * Takes one of the leases that may be held at once ({@link Policy#maxConcurrent(int)}), and one permit, if the
     * caller can get both now; otherwise neither. Never waits.
     *
     * @return the lease, granted or refused, which the caller must close
     */
    Lease tryEnter();

    /**
     * Takes a lease and a permit, and waits for the lease behind all calls that already wait for one, and then for the
     * permit if the policy {@linkplain Policy#shape shapes}.
     *
     * @param maxWait the maximum wait for the lease; zero does not wait
     * @return the lease, granted or refused, which the caller must close
     * @throws IllegalArgumentException if the wait is negative, or longer than {@link Policy#MAX_DURATION}
     * @throws InterruptedException if the thread is interrupted while it waits; it has taken nothing
     */
    Lease enter(Duration maxWait) throws InterruptedException;

    /**
     * Takes a lease and a permit as {@link #enter(Duration)} does, in the same queue, without holding a thread while it
     * waits.
     *
     * <p>The lease is granted when the stage completes, and its lease timeout begins then. Cancelling the stage
     * ({@code toCompletableFuture().cancel}) before that leaves the queue, and takes nothing.
     *
     * @param maxWait the maximum wait for the lease; zero does not wait
     * @return the lease, granted or refused, which the caller must close
     * @throws IllegalArgumentException if the wait is negative, or longer than {@link Policy#MAX_DURATION}
     */
    CompletionStage<Lease> enterAsync(Duration maxWait);

    /**
     * Takes a lease and a permit as {@link #enterAsync(Duration)} does, and completes the stage on an executor if it
     * had to wait.
     *
     * <p>The executor has the policy's lease timeout to complete the stage. After that the limiter takes the lease
     * back, gives back the permit, tells its listener ({@link LimiterListener#leaseReclaimed}), and completes the stage
     * with a {@link java.util.concurrent.TimeoutException} on a thread of its own. Without a lease timeout, a lease
     * that the executor does not deliver is held until the stage is cancelled.
     *
     * @param maxWait the maximum wait for the lease; zero does not wait
     * @param executor completes the stage; if it rejects the completion, a thread of the library completes the stage
     * @return the lease, granted or refused, which the caller must close
     * @throws IllegalArgumentException if the wait is negative, or longer than {@link Policy#MAX_DURATION}
     */
    CompletionStage<Lease> enterAsync(Duration maxWait, Executor executor);

    // Permits taken, and the policy

    /**
     * Gives back permits that were taken and not used. The budget never exceeds its capacity: what would, is lost.
     *
     * @param permits how many, at least 1
     */
    void refund(long permits);

    /**
     * Charges permits for work that was done already, whether they are there or not; later requests are refused, or
     * wait, until the budgets have regained them: see {@link Limit#charge}.
     *
     * @param permits how many, at least 1
     * @return the permits that were charged: fewer than asked for only where the debt has no room for more
     */
    long charge(long permits);

    /**
     * Fills the budgets and ends a blackout, as if no permit had ever been taken: {@link Rate#initially(long)} says
     * when that is not full.
     */
    void reset();

    /**
     * Refuses all requests for a time, whatever the budget. For example, a remote service has said "not before".
     * Waiting calls wait until the time is over, if their maximum wait allows it: see {@link Limiter#blackout}.
     *
     * @param duration how long, at most {@link Policy#MAX_DURATION}; zero ends a blackout; a shorter time never
     *     shortens a longer one
     * @throws IllegalArgumentException if the duration is negative or too long
     */
    void blackout(Duration duration);

    /**
     * Returns the policy that is in force now.
     *
     * @return the policy; this node's part of it, if it is divided among nodes
     */
    Policy policy();

    /**
     * Replaces the policy in force. The new policy applies from the next call on. Debts and reservations are kept in
     * permits, as {@link Limiter#update(Policy)} says.
     *
     * @param policy the policy
     * @throws IllegalArgumentException if the limiter cannot represent one of its rates; the previous policy stays
     */
    void update(Policy policy);

    /**
     * Returns the whole state of the limiter, in one consistent read.
     *
     * @return the snapshot
     */
    Snapshot snapshot();

    // Composition

    /**
     * Returns the gauges of the limiter now: waiting calls, leases, debts.
     *
     * @return the gauges
     */
    Gauges gauges();

    /**
     * Returns this limiter as a limit for requests of any type, all of which share its budgets.
     *
     * @param <R> the type of the requests
     * @return the limit, on the same budgets; its decisions carry the name of this limiter's policy
     */
    default <R> Limit<R> forAll() {
        return new KeylessLimit<>(this, decision -> decision);
    }

    /**
     * Returns this limiter as a limit for requests of any type, all of which share its budgets.
     *
     * @param policy the policy name of its decisions; not empty, and without control characters
     * @param <R> the type of the requests
     * @return the limit, on the same budgets
     * @throws IllegalArgumentException if the name is empty or has control characters
     */
    default <R> Limit<R> forAll(String policy) {
        String name = Policy.checkedName(policy);
        return new KeylessLimit<>(this, decision -> decision.withPolicy(name));
    }
}
