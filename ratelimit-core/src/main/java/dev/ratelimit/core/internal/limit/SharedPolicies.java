package dev.ratelimit.core.internal.limit;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Policy;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.policy.LiveNodes;
import dev.ratelimit.core.internal.policy.SharedPolicy;

/**
 * One policy for all keys, of which this node has the part that the number of live nodes makes it.
 *
 * <p>A changed number is a change of policy like any other: what is owed is kept, in permits.
 *
 * @param <K> the type of the keys
 */
public final class SharedPolicies<K> implements PolicySource<K> {

    private final LiveNodes nodes;
    private final OnePolicy<K> part;
    private volatile SharedPolicy whole;

    /**
     * Creates a source of a policy.
     *
     * @param policy the policy of all nodes together
     * @param share this node's share
     * @param part the policy of this node, whatever it is by now
     * @param time the time by which the number of nodes is read again
     */
    public SharedPolicies(Policy policy, ClusterShare share, OnePolicy<K> part, TimeSource time) {
        this.nodes = new LiveNodes(share, time);
        this.part = part;
        this.whole = new SharedPolicy(policy, nodes);
    }

    @Override
    public PolicyBudgets of(K key, long fingerprint) {
        PolicyBudgets budgets = part.of(key, fingerprint);
        return isCurrent(budgets.policy()) ? budgets : updated(key, fingerprint);
    }

    /** The same object as long as the number is the same. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isCurrent(Policy policy) {
        return policy == whole.current();
    }

    private synchronized PolicyBudgets updated(K key, long fingerprint) {
        // Another thread may have been here, and a later number with it.
        if (!isCurrent(part.known(fingerprint))) {
            part.update(whole.current());
        }
        return part.of(key, fingerprint);
    }

    @Override
    public Policy known(long fingerprint) {
        return part.known(fingerprint);
    }

    @Override
    public synchronized void update(Policy policy) {
        SharedPolicy changed = new SharedPolicy(policy, nodes);
        part.update(changed.current());
        whole = changed;
    }

    @Override
    public String toString() {
        return part + ", a part of " + whole.whole();
    }
}
