package dev.ratelimit.core.internal.limit;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Policy;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.policy.DividedPolicy;
import dev.ratelimit.core.internal.policy.FailureListener;
import dev.ratelimit.core.internal.policy.LiveNodes;
import dev.ratelimit.core.internal.queue.PolicyAccount;
import org.jspecify.annotations.Nullable;

/**
 * One policy for all keys, of which this node has the part that the number of live nodes makes it.
 *
 * <p>A changed number is a change of policy like any other: what is owed is kept, in permits. A number of which the part
 * cannot be kept is a failure of the membership: the part of before stands.
 *
 * @param <K> the type of the keys
 */
public final class DividedPolicies<K> implements PolicySource<K> {

    private final LiveNodes nodes;
    private final OnePolicy<K> part;
    private final FailureListener<Throwable> listener;
    private volatile DividedPolicy whole;

    /** The last part that could not be kept, so that it is tried and told of once. */
    private volatile @Nullable Policy unkept;

    /**
     * Creates a source of a policy.
     *
     * @param policy the policy of all nodes together
     * @param share this node's share
     * @param part the policy of this node, whatever it is by now
     * @param time the time by which the number of nodes is read again
     */
    public DividedPolicies(Policy policy, ClusterShare share, OnePolicy<K> part, TimeSource time) {
        this.nodes = new LiveNodes(share, time);
        this.part = part;
        this.listener = new FailureListener<>("the use of a share", failure -> failure, share.onFailure());
        this.whole = new DividedPolicy(policy, nodes);
    }

    @Override
    public PolicyBudgets of(K key, long fingerprint) {
        PolicyBudgets budgets = part.of(key, fingerprint);
        if (isCurrent(budgets.policy())) {
            return budgets;
        }
        RuntimeException failure = follow(fingerprint);
        if (failure != null) {
            listener.tell(failure);
        }
        return part.of(key, fingerprint);
    }

    private boolean isCurrent(Policy policy) {
        Policy current = whole.current();
        return isSame(policy, current) || isSame(unkept, current);
    }

    /** The same object as long as the number is the same. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(@Nullable Policy one, Policy other) {
        return one == other;
    }

    /** Puts the current part in its place; returns why it could not. */
    private synchronized @Nullable RuntimeException follow(long fingerprint) {
        Policy current = whole.current();
        // Another thread may have been here, and a later number with it.
        if (isSame(part.known(fingerprint), current) || isSame(unkept, current)) {
            return null;
        }
        try {
            part.update(current);
            return null;
        } catch (IllegalArgumentException | IllegalStateException e) {
            unkept = current;
            return e;
        }
    }

    @Override
    public Policy known(long fingerprint) {
        return part.known(fingerprint);
    }

    @Override
    public PolicyBudgets inForce(PolicyAccount budgets) {
        return part.inForce(budgets);
    }

    @Override
    public void onChange(Runnable action) {
        part.onChange(action);
    }

    @Override
    public void forget(long fingerprint) {
        // Nothing is remembered of a key.
    }

    @Override
    public synchronized void update(Policy policy) {
        DividedPolicy changed = new DividedPolicy(policy, nodes);
        part.update(changed.current());
        whole = changed;
    }

    @Override
    public String toString() {
        return part + ", a part of " + whole.whole();
    }
}
