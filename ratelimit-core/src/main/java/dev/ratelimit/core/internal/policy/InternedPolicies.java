package dev.ratelimit.core.internal.policy;

import dev.ratelimit.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Cache of a value for each policy, as long as keys have the policy.
 *
 * <p>Equal policies share a value. The cache asks for the policies in use when it has no room for another, and when it
 * has twice as many entries as after the last check. It then releases the values of all other policies. So neither time
 * nor the garbage collector decides, and on average, a new policy costs one visit of each key per policy.
 *
 * <p>Thread-safe. A known policy takes no lock. A call under way may still use a value that has just been released.
 *
 * @param <V> the type of the values
 */
public final class InternedPolicies<V> {

    private static final int FEWEST = 128;

    private final ConcurrentMap<Policy, V> values = new ConcurrentHashMap<>();
    private final Function<Policy, V> bind;
    private final Consumer<V> release;
    private final Supplier<Set<Policy>> inForce;
    private int most = FEWEST;

    /**
     * Creates an empty collection.
     *
     * @param bind creates the value of a policy; it is fast, and throws an {@link IllegalStateException} if there is no
     *     room for another
     * @param release releases a value that is no longer needed
     * @param inForce the policies that keys have
     */
    public InternedPolicies(Function<Policy, V> bind, Consumer<V> release, Supplier<Set<Policy>> inForce) {
        this.bind = bind;
        this.release = release;
        this.inForce = inForce;
    }

    /**
     * Returns the value of a policy, and creates it if needed.
     *
     * @param policy the policy
     * @return the value
     * @throws IllegalStateException if there is no room for another
     */
    public V of(Policy policy) {
        V value = values.get(policy);
        return value == null ? bound(policy) : value;
    }

    private synchronized V bound(Policy policy) {
        V known = values.get(policy);
        if (known != null) {
            return known;
        }
        if (values.size() >= most) {
            letGo();
            most = Math.max(FEWEST, 2 * values.size());
        }
        V value = madeOf(policy);
        values.put(policy, value);
        return value;
    }

    private V madeOf(Policy policy) {
        try {
            return bind.apply(policy);
        } catch (IllegalStateException e) {
            letGo();
            return bind.apply(policy);
        }
    }

    private void letGo() {
        Set<Policy> kept = inForce.get();
        List<V> gone = new ArrayList<>();
        values.forEach((policy, value) -> {
            if (!kept.contains(policy) && values.remove(policy, value)) {
                gone.add(value);
            }
        });
        gone.forEach(release);
    }

    /** Returns the number of values. */
    int size() {
        return values.size();
    }
}
