package dev.ratelimit.core.internal.limit;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Policy;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.policy.DividedPolicy;
import dev.ratelimit.core.internal.policy.LiveNodes;
import dev.ratelimit.core.internal.queue.PolicyAccount;
import dev.ratelimit.runtime.resolve.FailureListener;
import org.jspecify.annotations.Nullable;

/**
 * One policy for all keys, of which this node enforces its part. The number of live nodes determines the part.
 *
 * <p>A changed number of nodes is a change of policy like any other: debts are kept, in permits. If the table cannot
 * represent the part for a number, that is a failure of the membership, and the previous part stays.
 *
 * @param <K> the type of the keys
 */
public final class DividedPolicies<K> implements PolicySource<K> {

    private final LiveNodes nodes;
    private final OnePolicy<K> part;
    private final FailureListener<Throwable> listener;
    private volatile DividedPolicy whole;

    /** The last part that the table could not represent, so that it is tried and reported only once. */
    private volatile @Nullable Policy unkept;

    /**
     * Creates a source of a policy.
     *
     * @param policy the policy of all nodes together
     * @param share this node's share
     * @param part the source of the current policy of this node
     * @param time the time source for the interval between readings of the number of nodes
     */
    public DividedPolicies(Policy policy, ClusterShare share, OnePolicy<K> part, TimeSource time) {
        this.nodes = new LiveNodes(share, time);
        this.part = part;
        this.listener = new FailureListener<>("applying a cluster share", failure -> failure, share.onFailure());
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

    /** The part is the same object as long as the number of nodes is the same. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(@Nullable Policy one, Policy other) {
        return one == other;
    }

    /** Puts the current part in force; returns the exception if it could not. */
    private synchronized @Nullable RuntimeException follow(long fingerprint) {
        Policy current = whole.current();
        // Another thread may have put this part, or a later one, in force meanwhile.
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
