package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Policy;
import dev.ratelimit.Tiers;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.policy.InternedPolicies;
import dev.ratelimit.core.internal.policy.ResolvedPolicies;
import dev.ratelimit.core.internal.queue.PolicyAccount;
import java.util.Set;

/**
 * The source of policies that a resolver returns for each key, with their budgets on the table.
 *
 * <p>If the table cannot represent a policy, that is a failure of the resolver.
 *
 * @param <K> the type that the resolver takes
 */
public final class TieredPolicies<K> implements PolicySource<K> {

    private final InternedPolicies<PolicyBudgets> budgets;
    private final ResolvedPolicies<K> resolved;
    private final Tiers<K> tiers;

    /**
     * Creates a source with no cached policies.
     *
     * @param tiers the resolver, and the time for which its answers are cached
     * @param table the table with the state of the keys
     * @param time the time source by which answers age
     * @throws IllegalArgumentException if the table cannot represent a rate of the default policy
     */
    public TieredPolicies(Tiers<K> tiers, CellTable table, TimeSource time) {
        this.tiers = tiers;
        this.budgets = new InternedPolicies<>(
                policy -> new PolicyBudgets(policy, table), PolicyBudgets::release, this::inForce);
        this.resolved = new ResolvedPolicies<>(tiers, this::bind, time);
        budgets.of(tiers.fallback());
    }

    private Set<Policy> inForce() {
        return resolved.inForce();
    }

    /** Only an answer of the resolver is bound: a fallback while the resolver fails ends no blackout. */
    private void bind(long fingerprint, Policy policy) {
        budgets.of(policy).bindBlackout(fingerprint);
    }

    @Override
    public PolicyBudgets of(K key, long fingerprint) {
        Policy policy = resolved.of(key, fingerprint);
        try {
            return budgets.of(policy);
        } catch (IllegalStateException e) {
            // An expired policy that serves as fallback, whose room other policies have taken meanwhile.
            return budgets.of(tiers.fallback());
        }
    }

    @Override
    public Policy known(long fingerprint) {
        return resolved.known(fingerprint);
    }

    /** Unchanged: a key's policy changes with its next request. */
    @Override
    public PolicyBudgets inForce(PolicyAccount budgets) {
        return (PolicyBudgets) budgets;
    }

    @Override
    public void onChange(Runnable action) {
        // Keys change one by one.
    }

    @Override
    public void forget(long fingerprint) {
        resolved.invalidate(fingerprint);
    }

    @Override
    public void update(Policy policy) {
        throw new IllegalStateException("the policies of this limiter come from a resolver: let it answer differently");
    }

    @Override
    public String toString() {
        return tiers.toString();
    }
}
