package dev.ratelimit.core.internal.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ratelimit.Policy;
import java.util.function.Function;

/**
 * What policies have been made into, by policy, as long as anybody uses it.
 *
 * <p>Equal policies share it. It is held weakly, so that a policy that no key has any more holds on to nothing.
 *
 * @param <V> what a policy is made into
 */
public final class Bound<V> {

    private final Cache<Policy, V> values =
            Caffeine.newBuilder().weakValues().executor(Runnable::run).build();
    private final Function<Policy, V> bind;

    /**
     * Creates an empty collection.
     *
     * @param bind makes a policy into what is wanted; it is short
     */
    public Bound(Function<Policy, V> bind) {
        this.bind = bind;
    }

    /**
     * Returns what a policy was made into, or makes it.
     *
     * @param policy the policy
     * @return the value
     */
    public V of(Policy policy) {
        return values.get(policy, bind);
    }
}
