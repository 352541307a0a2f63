package dev.ratelimit;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A limit allows or refuses requests. It is a {@link Limiter} with keys, a composition of limits, or a limit with a
 * condition.
 *
 * <p>No method waits for permits. A null argument throws a {@link NullPointerException}, and permits below 1 throw an
 * {@link IllegalArgumentException}, before anything changes. Thread-safe.
 *
 * @param <K> the type of the keys, or of the requests that keys are derived from
 */
public interface Limit<K> {

    /**
     * Takes one permit of the key's budget, if the budget has one now. Never waits.
     *
     * @param key the key
     * @return whether the permit was taken
     */
    default boolean tryAcquire(K key) {
        return tryAcquire(key, 1);
    }

    /**
     * Takes permits of the key's budget, if the budget has all of them now. Otherwise takes none. Never waits.
     *
     * @param key the key
     * @param permits the number of permits, at least 1; more than the capacity are never granted
     * @return whether the permits were taken
     */
    boolean tryAcquire(K key, long permits);

    /**
     * Takes one permit as {@link #tryAcquire(Object)} does, and returns the decision with its figures.
     *
     * @param key the key
     * @return the decision; its remaining permits are those left after the permit was taken
     */
    default Decision decide(K key) {
        return decide(key, 1);
    }

    /**
     * Takes permits as {@link #tryAcquire(Object, long)} does, and returns the decision with its figures.
     *
     * @param key the key
     * @param permits the number of permits, at least 1
     * @return the decision; its remaining permits are those left after the permits were taken
     */
    Decision decide(K key, long permits);

    /**
     * Returns whether one permit could be taken now, and takes nothing.
     *
     * @param key the key
     * @return the decision of {@link #decide(Object)}, but with the permits that remain before any is taken
     */
    default Decision peek(K key) {
        return peek(key, 1);
    }

    /**
     * Returns whether {@code permits} permits could be taken now, and takes nothing.
     *
     * @param key the key
     * @param permits the number of permits, at least 1
     * @return the decision of {@link #decide(Object, long)}, but with the permits that remain before any is taken
     */
    Decision peek(K key, long permits);

    /**
     * Gives back permits that the caller took and did not use. The budget never exceeds its capacity: permits that do
     * not fit are lost.
     *
     * <p>So a refund is safe in a {@code finally} block, also if the policy changed to a smaller capacity in between.
     * Under a policy that allows nothing, or that limits no rate, a refund does nothing.
     *
     * @param key the key
     * @param permits the number of permits, at least 1
     */
    void refund(K key, long permits);

    /**
     * Charges permits for work that was done already, also if the budget does not have them. It is for costs that are
     * known only afterwards, such as the tokens of a language model. Never refuses, and never waits.
     *
     * <pre>{@code
     * if (!tokens.tryAcquire(customer)) return tooManyRequests();
     * Answer answer = model.ask(question);
     * tokens.charge(customer, answer.tokens() - 1);
     * }</pre>
     *
     * <p>The missing permits are a debt, which may be larger than the capacity. The key's requests are refused, or
     * wait, until the budget has regained it. {@link #peek} says when that is. The call charges all rates of a policy,
     * and all limits of a composition. A shadow limit also charges observed keys, but counts nothing; one that is off
     * charges nothing. Waiting calls are refused if the additional wait is too long for them. The call begins no
     * blackout, and calls no listener.
     *
     * <p><b>Bound.</b> There is room for a debt of at least the capacity. If a permit takes a whole number of
     * nanoseconds, there is room for 413 days' worth; at 14,500 a minute, for 11 days' worth. At a few rates there is
     * little more room than the capacity (999,983 a second with a capacity of 999,983: 1.6 seconds' worth). Permits
     * that do not fit are not charged, and the result says so.
     *
     * @param key the key
     * @param permits the number of permits, at least 1
     * @return the number of permits that were charged. It is smaller than {@code permits} if the debt has no room for
     *     all, or if the limiter is full of other keys' debts and {@linkplain WhenSaturated#DENY denies} a place. With
     *     several rates or limits, it is the smallest number of all. If no rate is limited, nothing is owed, and the
     *     result is {@code permits}
     */
    long charge(K key, long permits);

    /**
     * Returns this limit for requests of another type, whose keys a function derives.
     *
     * <pre>{@code
     * Limit<Request> perUser = Limiters.<String>perKey(Rate.perSecond(10)).by(Request::user);
     * }</pre>
     *
     * @param keyOf the function; it must be thread-safe, return equal keys for the same request, and not return null
     * @param <R> the type of the requests
     * @return the limit, on the same budgets
     */
    default <R> Limit<R> by(Function<? super R, ? extends K> keyOf) {
        return new KeyFunctionLimit<>(this, Objects.requireNonNull(keyOf, "keyOf"));
    }

    /**
     * Calls the work once if the limit allows it, and throws an exception otherwise.
     *
     * <pre>{@code
     * Page page = perUser.call(userId, () -> fetch(address));
     * }</pre>
     *
     * <p>The work takes one permit and keeps it, also if it fails, because it has used what the limit protects. A
     * caller that wants the permit back calls {@link #refund}. The work runs on the caller's thread. Its result and its
     * exceptions reach the caller unchanged. This method never waits for permits.
     *
     * @param key the key whose budget gives one permit
     * @param work the work to call
     * @param <V> the type of the result
     * @return the work's result
     * @throws LimitExceededException if the limit refuses; the work has not been called
     * @throws Exception if the work throws it
     */
    default <V extends @Nullable Object> V call(K key, Callable<? extends V> work) throws Exception {
        takeOrThrow(key, work);
        return work.call();
    }

    /**
     * Calls a supplier as {@link #call} calls its work.
     *
     * @param key the key whose budget gives one permit
     * @param work the supplier of the result
     * @param <V> the type of the result
     * @return the work's result
     * @throws LimitExceededException if the limit refuses; the work has not been called
     */
    default <V extends @Nullable Object> V supply(K key, Supplier<? extends V> work) {
        takeOrThrow(key, work);
        return work.get();
    }

    /**
     * Runs the work as {@link #call} does.
     *
     * @param key the key whose budget gives one permit
     * @param work the work to run
     * @throws LimitExceededException if the limit refuses; the work has not been run
     */
    default void run(K key, Runnable work) {
        takeOrThrow(key, work);
        work.run();
    }

    /**
     * Starts a stage on the caller's thread if the limit allows it. A refusal is returned as a failed stage, and never
     * thrown.
     *
     * @param key the key whose budget gives one permit
     * @param work starts the stage
     * @param <V> the type of the stage's result
     * @return the stage that the work returned; or a stage that has failed with a {@link LimitExceededException}
     */
    default <V extends @Nullable Object> CompletionStage<V> supplyAsync(
            K key, Supplier<? extends CompletionStage<V>> work) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(work, "work");
        Decision decision = decide(key);
        return decision.allowed() ? work.get() : CompletableFuture.failedStage(new LimitExceededException(decision));
    }

    private void takeOrThrow(K key, Object work) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(work, "work");
        Decision decision = decide(key);
        if (!decision.allowed()) {
            throw new LimitExceededException(decision);
        }
    }
}
