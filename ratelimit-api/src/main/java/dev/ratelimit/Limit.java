package dev.ratelimit;

import java.util.Objects;
import java.util.function.Function;

/**
 * A limit admits or refuses requests: a {@link Limiter} with its keys, several of them composed, or one with a condition.
 *
 * <p>It is what the composed and conditional forms have in common. No method waits. Null is a
 * {@link NullPointerException}, and permits below one an {@link IllegalArgumentException}, before anything changes.
 * Thread-safe.
 *
 * @param <K> the type of the keys, or of the requests that keys are taken from
 */
public interface Limit<K> {

    /**
     * Takes one permit of the key's budget, if it is there now. Never waits.
     *
     * @param key the key
     * @return whether the permit was taken
     */
    boolean tryAcquire(K key);

    /**
     * Takes permits of the key's budget, if all are there now; otherwise takes none. Never waits.
     *
     * @param key the key
     * @param permits how many, at least 1; more than the capacity are never granted
     * @return whether the permits were taken
     */
    boolean tryAcquire(K key, long permits);

    /**
     * Takes one permit as {@link #tryAcquire(Object)} does, and says more about the answer.
     *
     * @param key the key
     * @return the answer; what remains is counted after the permit was taken
     */
    Decision decide(K key);

    /**
     * Takes permits as {@link #tryAcquire(Object, long)} does, and says more about the answer.
     *
     * @param key the key
     * @param permits how many, at least 1
     * @return the answer; what remains is counted after the permits were taken
     */
    Decision decide(K key, long permits);

    /**
     * Says whether one permit could be taken now, and takes nothing.
     *
     * @param key the key
     * @return the answer that {@link #decide(Object)} would give, with what remains counted before any is taken
     */
    Decision peek(K key);

    /**
     * Says whether so many permits could be taken now, and takes nothing.
     *
     * @param key the key
     * @param permits how many, at least 1
     * @return the answer that {@link #decide(Object, long)} would give, with what remains counted before any is taken
     */
    Decision peek(K key, long permits);

    /**
     * Gives back permits that were taken and not used. The budget never exceeds its capacity: what would, is lost.
     *
     * <p>So it is safe in a {@code finally} block, also after the policy became smaller in between: a budget gets back what
     * fits, a capacity at most. Under a policy that admits nothing, or that limits no rate, that is nothing.
     *
     * @param key the key
     * @param permits how many, at least 1
     */
    void refund(K key, long permits);

    /**
     * Returns this limit for requests of another type, each of which has its key here by a function.
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
        return new MappedLimit<>(this, Objects.requireNonNull(keyOf, "keyOf"));
    }
}
