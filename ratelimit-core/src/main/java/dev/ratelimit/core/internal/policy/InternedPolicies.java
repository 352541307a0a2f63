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
 * What policies have been made into, by policy, as long as keys have them.
 *
 * <p>Equal policies share it. Which policies keys have is asked when there is no room for another, and when there are twice
 * as many as there were then; what is not among them is let go. So neither the time nor the collector of garbage
 * decides it, and it costs each new policy the same, on average, as one look at a key for each key per policy.
 *
 * <p>Thread-safe. A known policy takes no lock. What has just been let go may still be in use by a call that is under way.
 *
 * @param <V> what a policy is made into
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
     * @param bind makes a policy into what is wanted; it is short, and throws an {@link IllegalStateException} if there is no
     *     room for another
     * @param release makes room of what is not wanted any more
     * @param inForce the policies that keys have
     */
    public InternedPolicies(Function<Policy, V> bind, Consumer<V> release, Supplier<Set<Policy>> inForce) {
        this.bind = bind;
        this.release = release;
        this.inForce = inForce;
    }

    /**
     * Returns what a policy was made into, or makes it.
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

    /** How many policies have been made into something. */
    int size() {
        return values.size();
    }
}
