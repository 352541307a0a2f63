package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Policy;
import dev.ratelimit.core.internal.cells.Budgets;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.queue.PolicyAccount;
import org.jspecify.annotations.Nullable;

/**
 * One policy for all keys, which may be replaced at any time.
 *
 * @param <K> the type of the keys
 */
public final class OnePolicy<K> implements PolicySource<K> {

    private final CellTable table;
    private volatile PolicyBudgets current;
    private volatile Runnable onChange = () -> {};

    /**
     * Creates a source of a policy.
     *
     * @param policy the policy
     * @param table the table with the state of the keys
     */
    public OnePolicy(Policy policy, CellTable table) {
        this.table = table;
        this.current = new PolicyBudgets(policy, table);
    }

    @Override
    public PolicyBudgets of(K key, long fingerprint) {
        return current;
    }

    /**
     * Returns the budgets that alone decide whether permits are left under the policy in force; null if anything else
     * has a part in it.
     */
    public @Nullable Budgets alone() {
        return current.alone();
    }

    @Override
    public Policy known(long fingerprint) {
        return current.policy();
    }

    @Override
    public PolicyBudgets inForce(PolicyAccount budgets) {
        return current;
    }

    @Override
    public void onChange(Runnable action) {
        onChange = action;
    }

    @Override
    public void forget(long fingerprint) {
        // Nothing is remembered of a key.
    }

    @Override
    public void update(Policy policy) {
        replace(policy);
        onChange.run();
    }

    private synchronized void replace(Policy policy) {
        PolicyBudgets before = current;
        PolicyBudgets after = new PolicyBudgets(policy, table);
        current = after;
        before.giveWayTo(after);
    }

    @Override
    public String toString() {
        return current.policy().toString();
    }
}
