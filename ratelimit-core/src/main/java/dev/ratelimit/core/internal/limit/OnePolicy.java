package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Policy;
import dev.ratelimit.core.internal.cells.CellTable;

/**
 * One policy for all keys, which may be replaced at any time.
 *
 * @param <K> the type of the keys
 */
public final class OnePolicy<K> implements PolicySource<K> {

    private final CellTable table;
    private volatile PolicyBudgets current;

    /**
     * Creates a source of a policy.
     *
     * @param policy the policy
     * @param table where the keys' state is kept
     */
    public OnePolicy(Policy policy, CellTable table) {
        this.table = table;
        this.current = new PolicyBudgets(policy, table);
    }

    @Override
    public PolicyBudgets of(K key, long fingerprint) {
        return current;
    }

    @Override
    public Policy known(long fingerprint) {
        return current.policy();
    }

    @Override
    public synchronized void update(Policy policy) {
        PolicyBudgets before = current;
        PolicyBudgets after = new PolicyBudgets(policy, table);
        current = after;
        before.convertAll(after);
    }

    @Override
    public String toString() {
        return current.policy().toString();
    }
}
