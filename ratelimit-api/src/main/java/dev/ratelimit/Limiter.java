package dev.ratelimit;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * A keyed rate limiter. Conceptually, each key owns a budget of permits that refills continuously.
 *
 * <pre>{@code
 * Limiter<String> perUser = Limiters.perKey(Rate.perSecond(1000).burstWindow(Duration.ofSeconds(5)));
 * if (!perUser.tryAcquire(userId)) return tooManyRequests();
 * }</pre>
 *
 * <p><b>Keys.</b> {@link CharSequence} (by content), {@link Long}, {@link Integer}, {@link java.util.UUID},
 * {@code byte[]} (by content), {@link java.net.InetAddress}, enums, and {@link Key} for several parts. Any other type
 * is reduced to one of these by a function that the limiter is built with. Keys of different types are different keys,
 * except that all character sequences of the same characters are one. No key is retained, but for a bounded number of
 * short strings that are asked for again and again.
 *
 * <p><b>Waiting.</b> <b>Under a policy that does not {@linkplain Policy#shape shape}, no call waits for permits</b>,
 * and {@code acquire} answers at once, as {@code tryAcquire} does. A limiter of a {@link Rate} alone has such a policy.
 * Under one that shapes, {@code acquire} and {@code enter} wait. {@code enter} waits for a lease first, under any policy.
 * No other call overtakes those that wait.
 *
 * <p><b>Memory.</b> Fixed when the limiter is built, whatever keys come; the first {@link #blackout} adds at most 2.4
 * MB. A key whose budget is full again is forgotten with nothing lost. What happens to a new key when too many others
 * are in debt was chosen when the limiter was built: see {@link WhenSaturated}.
 *
 * <p><b>Errors.</b> Arguments are checked before anything changes: null is a {@link NullPointerException}; zero or
 * negative permits, and a key of an unsupported type, are an {@link IllegalArgumentException}.
 *
 * <p><b>Thread-safety.</b> All methods may be called by any number of threads; calls for one key are linearizable.
 *
 * @param <K> the type of the keys
 */
public interface Limiter<K> extends Limit<K> {

    /**
     * Fills the key's budget and ends its blackout, as if the key had never been seen: {@link Rate#initially(long)}
     * says when that is not full.
     *
     * @param key the key
     */
    void reset(K key);

    /**
     * Refuses the key for a time, whatever its budget: because a remote service said "not before", or because the key
     * is abused.
     *
     * <pre>{@code
     * perHost.blackout(host, Duration.ofSeconds(retryAfter));
     * }</pre>
     *
     * <p>Until the time is over, each request is refused with the reason {@link Decision.Reason#BLACKOUT}, and
     * {@link Decision#retryAfter()} says when to come again. Under a policy that {@linkplain Policy#shape shapes},
     * {@code acquire}, {@code acquireAsync}, {@code enter} and {@code reserve} wait for the end of the time instead, in
     * their order, if that is within their longest wait; calls that wait already do the same, and those that cannot are
     * refused now. A reservation keeps the instant that it was promised before. Budgets refill meanwhile.
     *
     * <p>A shorter time never shortens what is left of a longer one. Zero ends the key's blackout, also one that its
     * policy began, and {@link #reset} does. A change of policy leaves it as it is. It works under any policy, also
     * {@link Policy#unlimited()}. A request that it refuses begins no blackout of its policy.
     *
     * <p><b>Memory.</b> The first call takes 24 bytes for each key that the limiter is sized for, at most 2.4 MB:
     * places for 100,000 keys in blackouts. If sixteen others hold the places that a new one could have, the one that
     * ends first is forgotten, and counted as {@link #evictedInDebt()}. A blackout makes no room in, and takes none
     * from, the table of budgets.
     *
     * <p>Once it returns, no request of the key is allowed that did not begin before.
     *
     * @param key the key
     * @param duration how long, at most {@link Policy#MAX_DURATION}; zero ends a blackout
     * @throws IllegalArgumentException if the duration is negative or too long
     */
    void blackout(K key, Duration duration);

    /**
     * Takes one permit, and waits for it <b>only if the key's policy {@linkplain Policy#shape shapes}</b>, as
     * {@link #acquire(Object, long)} does.
     *
     * @param key the key
     * @return whether the permit was taken, and may be used now
     * @throws InterruptedException if the thread is interrupted before its turn; the call has taken nothing
     */
    boolean acquire(K key) throws InterruptedException;

    /**
     * Takes permits, and waits for them <b>only if the key's policy {@linkplain Policy#shape shapes}</b>: under any
     * other policy it does not wait, and answers at once, as {@link #tryAcquire(Object, long)} does.
     *
     * <p>The calls that wait for permits of a key form a queue: the first to come is the first to go. A call that leaves the queue
     * (interrupted, cancelled) has taken nothing, and all behind it move up at once. A call is refused at once if its wait
     * would be longer than the policy's maximum delay, or if as many calls wait as may; then it has taken nothing, either.
     *
     * @param key the key
     * @param permits how many, at least 1
     * @return whether the permits were taken, and may be used now
     * @throws InterruptedException if the thread is interrupted before its turn; the call has taken nothing
     */
    boolean acquire(K key, long permits) throws InterruptedException;

    /**
     * Takes permits as {@link #acquire(Object, long)} does, and waits no longer than the caller accepts; <b>under a
     * policy that does not {@linkplain Policy#shape shape} it does not wait</b>, whatever {@code maxWait} is.
     *
     * <p>A call whose wait would be longer is refused at once. That is no excess of its key: no blackout begins.
     *
     * @param key the key
     * @param permits how many, at least 1
     * @param maxWait the longest wait, from zero, which does not wait, to {@link Policy#MAX_DURATION}; the policy's maximum delay
     *     bounds it, too
     * @return whether the permits were taken, and may be used now
     * @throws IllegalArgumentException if {@code maxWait} is negative or too long
     * @throws InterruptedException if the thread is interrupted before its turn; the call has taken nothing
     */
    boolean acquire(K key, long permits, Duration maxWait) throws InterruptedException;

    /**
     * Takes one permit as {@link #acquireAsync(Object, long)} does: the stage waits <b>only if the key's policy
     * {@linkplain Policy#shape shapes}</b>.
     *
     * @param key the key
     * @return the answer, when the permit may be used or was refused
     */
    CompletionStage<Decision> acquireAsync(K key);

    /**
     * Takes permits as {@link #acquire(Object, long)} does, in the same queue, without holding a thread while it waits:
     * <b>only if the key's policy {@linkplain Policy#shape shapes}</b>; otherwise the stage is complete at once.
     *
     * <p>What depends on a stage that had to wait runs on a thread of the library, or on the executor that is given.
     *
     * @param key the key
     * @param permits how many, at least 1
     * @return the answer, when the permits may be used or were refused: a refusal is a decision, not an exception. To cancel
     *     it ({@code toCompletableFuture().cancel}) before that leaves the queue
     */
    CompletionStage<Decision> acquireAsync(K key, long permits);

    /**
     * Takes permits as {@link #acquireAsync(Object, long)} does, and completes the stage on an executor if it had to wait.
     *
     * <p>The wait ends when its turn comes, also if the executor then drops the completion.
     *
     * @param key the key
     * @param permits how many, at least 1
     * @param executor where the stage is completed; if it rejects the completion, a thread of the library completes
     *     the stage
     * @return the answer, when the permits may be used or were refused
     */
    CompletionStage<Decision> acquireAsync(K key, long permits, Executor executor);

    /**
     * Takes permits as {@link #acquireAsync(Object, long)} does, and waits no longer than the caller accepts.
     *
     * @param key the key
     * @param permits how many, at least 1
     * @param maxWait the longest wait: see {@link #acquire(Object, long, Duration)}
     * @return the answer, when the permits may be used or were refused
     * @throws IllegalArgumentException if {@code maxWait} is negative or too long
     */
    CompletionStage<Decision> acquireAsync(K key, long permits, Duration maxWait);

    /**
     * Takes permits as {@link #acquireAsync(Object, long, Duration)} does, and completes the stage on an executor if it had to wait.
     *
     * @param key the key
     * @param permits how many, at least 1
     * @param maxWait the longest wait: see {@link #acquire(Object, long, Duration)}
     * @param executor where the stage is completed: see {@link #acquireAsync(Object, long, Executor)}
     * @return the answer, when the permits may be used or were refused
     * @throws IllegalArgumentException if {@code maxWait} is negative or too long
     */
    CompletionStage<Decision> acquireAsync(K key, long permits, Duration maxWait, Executor executor);

    /**
     * Takes one of the leases that the key may hold at once ({@link Policy#maxConcurrent(int)}), and one permit, if both are there
     * now; otherwise neither. Never waits.
     *
     * @param key the key
     * @return the lease, granted or not; to be closed
     */
    Lease tryEnter(K key);

    /**
     * Takes a lease and a permit, and waits for the lease behind all who wait for one already, and then for the permit if
     * the policy {@linkplain Policy#shape shapes}.
     *
     * @param key the key
     * @param maxWait the longest wait for the lease; zero does not wait
     * @return the lease, granted or not; to be closed
     * @throws IllegalArgumentException if the wait is negative, or longer than {@link Policy#MAX_DURATION}
     * @throws InterruptedException if the thread is interrupted while it waits; it has taken nothing
     */
    Lease enter(K key, Duration maxWait) throws InterruptedException;

    /**
     * Takes a lease and a permit as {@link #enter(Object, Duration)} does, in the same queue, without holding a thread while it waits.
     *
     * <p>The lease is granted when the stage completes, and its lease timeout begins then. To cancel the stage
     * ({@code toCompletableFuture().cancel}) before leaves the queue, and takes nothing.
     *
     * @param key the key
     * @param maxWait the longest wait for the lease; zero does not wait
     * @return the lease, granted or not; to be closed
     * @throws IllegalArgumentException if the wait is negative, or longer than {@link Policy#MAX_DURATION}
     */
    CompletionStage<Lease> enterAsync(K key, Duration maxWait);

    /**
     * Takes a lease and a permit as {@link #enterAsync(Object, Duration)} does, and completes the stage on an executor if it had to wait.
     *
     * <p>The executor has the policy's lease timeout to complete the stage. After that the limiter takes the lease back,
     * gives back the permit, tells its listener ({@link LimiterListener#leaseReclaimed}), and completes the stage with
     * a {@link java.util.concurrent.TimeoutException} on a thread of its own. Without a lease timeout, a lease that the
     * executor does not deliver is held until the stage is cancelled.
     *
     * @param key the key
     * @param maxWait the longest wait for the lease; zero does not wait
     * @param executor where the stage is completed; if it rejects the completion, a thread of the library completes
     *     the stage
     * @return the lease, granted or not; to be closed
     * @throws IllegalArgumentException if the wait is negative, or longer than {@link Policy#MAX_DURATION}
     */
    CompletionStage<Lease> enterAsync(K key, Duration maxWait, Executor executor);

    /**
     * Takes permits that are there, or will be within the policy's {@linkplain Policy#shape maximum delay}, and says when
     * they are due. Never waits.
     *
     * @param key the key
     * @param permits how many, at least 1
     * @return the reservation, granted or not
     */
    Reservation reserve(K key, long permits);

    /**
     * Returns the policy that a key has now.
     *
     * @param key the key
     * @return the policy
     */
    Policy policy(K key);

    /**
     * Forgets which policy the key has, so that its next request asks the resolver again: for a customer whose plan has
     * just changed. Of a limiter whose policies do not come from a resolver ({@link Tiers}), nothing is forgotten.
     *
     * <p>Never waits, and does not ask the resolver itself. What the key owes and has reserved stays. An answer that
     * the resolver is giving meanwhile serves the requests that wait for it, and is not remembered. If the resolver
     * fails at the next request, the default policy stands in, because the last known one is forgotten, too. Calls that
     * wait keep the policy that they have until that request.
     *
     * @param key the key
     */
    void forgetPolicy(K key);

    /**
     * Puts another policy in the place of the limiter's only one; it binds on the next call. What keys owe is kept in
     * permits: 10 of 10 used stay used. With several rates, each takes over the debt of the one that stood in its place; one
     * that is new starts with full budgets. What is left of a blackout is at most as long as the new policy's; without one,
     * it ends for good.
     *
     * <p>There can be any number of changes, as fast as they come. A call that is under way at the time goes by either policy.
     *
     * <p>Calls that wait stay in their order, and go as the new policy lets them. Those that it would keep waiting for longer
     * than was allowed when they came are refused now. Reservations keep the instants that they were promised.
     *
     * @param policy the policy
     * @throws IllegalArgumentException if one of its rates cannot be kept; the one before stays
     * @throws IllegalStateException if the limiter's policies come from a resolver
     */
    void update(Policy policy);

    /**
     * Returns all that is known of a key, in one consistent read.
     *
     * @param key the key
     * @return the snapshot
     */
    Snapshot snapshot(K key);

    /**
     * Returns what the limiter holds now, of all keys together: how many calls wait, leases, debts.
     *
     * @return the gauges
     */
    Gauges gauges();

    /**
     * Returns how often so far a key in debt had to be forgotten for a new one ({@link WhenSaturated#EVICT}).
     *
     * @return the number of forgotten debts; other than zero, it asks for a larger {@code maxKeys}
     */
    long evictedInDebt();
}
