package dev.ratelimit;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * A limiter has a separate budget of permits for each key, which refills continuously.
 *
 * <pre>{@code
 * Limiter<String> perUser = Limiters.perKey(Rate.perSecond(1000).burstWindow(Duration.ofSeconds(5)));
 * if (!perUser.tryAcquire(userId)) return tooManyRequests();
 * }</pre>
 *
 * <p><b>Keys.</b> {@link CharSequence} (by content), {@link Long}, {@link Integer}, {@link java.util.UUID},
 * {@code byte[]} (by content), {@link java.net.InetAddress}, enums, and {@link Key} for several parts. For keys of any
 * other type, the limiter is built with a function that maps them to one of these types. Keys of different types are
 * different keys, except that all character sequences with the same characters are one key. The limiter keeps no keys,
 * except a bounded number of short, frequently used strings.
 *
 * <p><b>Waiting.</b> <b>Under a policy that does not {@linkplain Policy#shape shape}, no call waits for permits</b>,
 * and {@code acquire} answers at once, as {@code tryAcquire} does. A limiter of a {@link Rate} alone has such a policy.
 * Under a policy that shapes, {@code acquire} and {@code enter} wait. {@code enter} waits for a lease first, under any
 * policy. No other call overtakes waiting calls.
 *
 * <p><b>Memory.</b> The memory is fixed when the limiter is built, and does not depend on the keys. The first
 * {@link #blackout} adds at most 2.4 MB. The limiter forgets a key whose budget is full again, and nothing is lost. If
 * too many keys are in debt, {@link WhenSaturated}, chosen in the builder, says what happens to a new key.
 *
 * <p><b>Errors.</b> Arguments are checked before anything changes. Null throws a {@link NullPointerException}. Zero or
 * negative permits, and a key of an unsupported type, throw an {@link IllegalArgumentException}.
 *
 * <p><b>Thread-safety.</b> Any number of threads may call all methods at once. Calls for one key are linearizable.
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
     * Refuses the key for a time, whatever its budget. For example, a remote service has said "not before", or a
     * client abuses the key.
     *
     * <pre>{@code
     * perHost.blackout(host, Duration.ofSeconds(retryAfter));
     * }</pre>
     *
     * <p>Until the time is over, each request is refused with the reason {@link Decision.Reason#BLACKOUT}, and
     * {@link Decision#retryAfter()} says when to come again. Under a policy that {@linkplain Policy#shape shapes},
     * {@code acquire}, {@code acquireAsync}, {@code enter} and {@code reserve} wait for the end of the time instead, in
     * their order, if their maximum wait allows it. Otherwise they are refused now. This also applies to calls that
     * wait already. A reservation keeps the instant that it was promised before. Budgets refill meanwhile.
     *
     * <p>A shorter time never shortens the rest of a longer one. Zero ends the key's blackout, also one that its policy
     * began, and so does {@link #reset}. A change of policy leaves the blackout as it is. A blackout works under any
     * policy, also {@link Policy#unlimited()}. A request that it refuses begins no blackout of its policy.
     *
     * <p><b>Memory.</b> The first call takes 24 bytes for each key that the limiter is sized for, at most 2.4 MB:
     * places for 100,000 keys in blackouts. If sixteen other blackouts hold all places of a new one, the limiter
     * forgets the one that ends first, and counts it in {@link #evictedInDebt()}. The table of budgets is separate.
     *
     * <p>After this method has returned, no request of the key is allowed, except one that began before.
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
     * <p>The calls that wait for permits of a key form a queue: first come, first served. A call that leaves the queue
     * (interrupted, cancelled) has taken nothing, and all calls behind it move up at once. The limiter refuses a call
     * at once if its wait would be longer than the policy's maximum delay, or if the maximum number of calls waits
     * already. Such a call has taken nothing, either.
     *
     * @param key the key
     * @param permits the number of permits, at least 1
     * @return whether the permits were taken, and may be used now
     * @throws InterruptedException if the thread is interrupted before its turn; the call has taken nothing
     */
    boolean acquire(K key, long permits) throws InterruptedException;

    /**
     * Takes permits as {@link #acquire(Object, long)} does, and waits no longer than the caller accepts; <b>under a
     * policy that does not {@linkplain Policy#shape shape} it does not wait</b>, whatever {@code maxWait} is.
     *
     * <p>The limiter refuses a call whose wait would be longer at once. Such a refusal begins no blackout of the key.
     *
     * @param key the key
     * @param permits the number of permits, at least 1
     * @param maxWait the maximum wait, from zero, which does not wait, to {@link Policy#MAX_DURATION}; the policy's
     *     maximum delay bounds it, too
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
     * @return the decision, when the permit may be used or was refused
     */
    CompletionStage<Decision> acquireAsync(K key);

    /**
     * Takes permits as {@link #acquire(Object, long)} does, in the same queue, without holding a thread while it waits:
     * <b>only if the key's policy {@linkplain Policy#shape shapes}</b>; otherwise the stage is complete at once.
     *
     * <p>Stages that depend on a stage that had to wait run on a thread of the library, or on the given executor.
     *
     * @param key the key
     * @param permits the number of permits, at least 1
     * @return the decision, when the permits may be used or were refused: a refusal is a decision, not an exception.
     *     Cancelling the stage ({@code toCompletableFuture().cancel}) before that leaves the queue
     */
    CompletionStage<Decision> acquireAsync(K key, long permits);

    /**
     * Takes permits as {@link #acquireAsync(Object, long)} does, and completes the stage on an executor if it had to
     * wait.
     *
     * <p>The wait ends when the call's turn comes, also if the executor then drops the completion.
     *
     * @param key the key
     * @param permits the number of permits, at least 1
     * @param executor completes the stage; if it rejects the completion, a thread of the library completes the stage
     * @return the decision, when the permits may be used or were refused
     */
    CompletionStage<Decision> acquireAsync(K key, long permits, Executor executor);

    /**
     * Takes permits as {@link #acquireAsync(Object, long)} does, and waits no longer than the caller accepts.
     *
     * @param key the key
     * @param permits the number of permits, at least 1
     * @param maxWait the maximum wait: see {@link #acquire(Object, long, Duration)}
     * @return the decision, when the permits may be used or were refused
     * @throws IllegalArgumentException if {@code maxWait} is negative or too long
     */
    CompletionStage<Decision> acquireAsync(K key, long permits, Duration maxWait);

    /**
     * Takes permits as {@link #acquireAsync(Object, long, Duration)} does, and completes the stage on an executor if it
     * had to wait.
     *
     * @param key the key
     * @param permits the number of permits, at least 1
     * @param maxWait the maximum wait: see {@link #acquire(Object, long, Duration)}
     * @param executor completes the stage: see {@link #acquireAsync(Object, long, Executor)}
     * @return the decision, when the permits may be used or were refused
     * @throws IllegalArgumentException if {@code maxWait} is negative or too long
     */
    CompletionStage<Decision> acquireAsync(K key, long permits, Duration maxWait, Executor executor);

    /**
     * Takes one of the leases that the key may hold at once ({@link Policy#maxConcurrent(int)}), and one permit, if the
     * key can get both now; otherwise neither. Never waits.
     *
     * @param key the key
     * @return the lease, granted or refused, which the caller must close
     */
    Lease tryEnter(K key);

    /**
     * Takes a lease and a permit, and waits for the lease behind all calls that already wait for one, and then for the
     * permit if the policy {@linkplain Policy#shape shapes}.
     *
     * @param key the key
     * @param maxWait the maximum wait for the lease; zero does not wait
     * @return the lease, granted or refused, which the caller must close
     * @throws IllegalArgumentException if the wait is negative, or longer than {@link Policy#MAX_DURATION}
     * @throws InterruptedException if the thread is interrupted while it waits; it has taken nothing
     */
    Lease enter(K key, Duration maxWait) throws InterruptedException;

    /**
     * Takes a lease and a permit as {@link #enter(Object, Duration)} does, in the same queue, without holding a thread
     * while it waits.
     *
     * <p>The lease is granted when the stage completes, and its lease timeout begins then. Cancelling the stage
     * ({@code toCompletableFuture().cancel}) before that leaves the queue, and takes nothing.
     *
     * @param key the key
     * @param maxWait the maximum wait for the lease; zero does not wait
     * @return the lease, granted or refused, which the caller must close
     * @throws IllegalArgumentException if the wait is negative, or longer than {@link Policy#MAX_DURATION}
     */
    CompletionStage<Lease> enterAsync(K key, Duration maxWait);

    /**
     * Takes a lease and a permit as {@link #enterAsync(Object, Duration)} does, and completes the stage on an executor
     * if it had to wait.
     *
     * <p>The executor has the policy's lease timeout to complete the stage. After that the limiter takes the lease
     * back, gives back the permit, tells its listener ({@link LimiterListener#leaseReclaimed}), and completes the stage
     * with a {@link java.util.concurrent.TimeoutException} on a thread of its own. Without a lease timeout, a lease
     * that the executor does not deliver is held until the stage is cancelled.
     *
     * @param key the key
     * @param maxWait the maximum wait for the lease; zero does not wait
     * @param executor completes the stage; if it rejects the completion, a thread of the library completes the stage
     * @return the lease, granted or refused, which the caller must close
     * @throws IllegalArgumentException if the wait is negative, or longer than {@link Policy#MAX_DURATION}
     */
    CompletionStage<Lease> enterAsync(K key, Duration maxWait, Executor executor);

    /**
     * Takes permits that the budget has now, or will have within the policy's {@linkplain Policy#shape maximum delay},
     * and returns when they are due. Never waits.
     *
     * @param key the key
     * @param permits the number of permits, at least 1
     * @return the reservation, granted or refused
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
     * just changed. If the limiter's policies do not come from a resolver ({@link Tiers}), this does nothing.
     *
     * <p>Never waits, and does not ask the resolver itself. The key keeps its debts and reservations. If the resolver
     * is running for this key, its answer serves the requests that wait for it, and is not remembered. If the resolver
     * fails at the next request, the key has the default policy, because the last known one is forgotten, too. Waiting
     * calls keep their policy until that request.
     *
     * @param key the key
     */
    void forgetPolicy(K key);

    /**
     * Replaces the policy of a limiter that has one policy for all keys. The new policy applies from the next call on.
     * Debts are kept in permits: 10 of 10 used stay used. With several rates, each rate takes over the debt of the old
     * rate at the same index. A rate without a predecessor starts with full budgets. The rest of a blackout is cut to
     * the new policy's blackout, and ends if that policy has none.
     *
     * <p>Policies may change any number of times, at any speed. A call that is under way during a change is decided by
     * either policy.
     *
     * <p>Waiting calls keep their order, and depart as the new policy allows. The limiter refuses at once those calls
     * that would wait longer than was allowed when they came. Reservations keep their due instants.
     *
     * @param policy the policy
     * @throws IllegalArgumentException if the limiter cannot represent one of its rates; the previous policy stays
     * @throws IllegalStateException if the limiter's policies come from a resolver
     */
    void update(Policy policy);

    /**
     * Returns the whole state of a key, in one consistent read.
     *
     * @param key the key
     * @return the snapshot
     */
    Snapshot snapshot(K key);

    /**
     * Returns the gauges of the limiter now, over all keys: waiting calls, leases, debts.
     *
     * @return the gauges
     */
    Gauges gauges();

    /**
     * Returns how often the limiter has forgotten a key in debt, to make room for a new key
     * ({@link WhenSaturated#EVICT}).
     *
     * @return the number of forgotten debts; if it is not zero, choose a larger {@code maxKeys}
     */
    long evictedInDebt();
}
