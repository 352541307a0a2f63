package dev.ratelimit.core.internal.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ratelimit.Policy;
import dev.ratelimit.Tiers;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.policy.ResolvedPolicies;

/**
 * The policy that a resolver names for each key, bound to the table.
 *
 * <p>Equal policies share their budgets as long as any key has them. A policy that cannot be kept is a failure of the
 * resolver.
 *
 * @param <K> what the resolver takes
 */
public final class TieredPolicies<K> implements PolicySource<K> {

    private final CellTable table;
    private final Cache<Policy, PolicyBudgets> bound =
            Caffeine.newBuilder().weakValues().executor(Runnable::run).build();
    private final ResolvedPolicies<K, PolicyBudgets> resolved;
    private final Tiers<K> tiers;

    /**
     * Creates a source of policies of which nothing is known yet.
     *
     * @param tiers the resolver, and how long its answers are gone by
     * @param table where the keys' state is kept
     * @param time the time by which answers age
     */
    public TieredPolicies(Tiers<K> tiers, CellTable table, TimeSource time) {
        this.tiers = tiers;
        this.table = table;
        this.resolved = new ResolvedPolicies<>(tiers, this::bind, time);
    }

    private PolicyBudgets bind(Policy policy) {
        return bound.get(policy, unbound -> new PolicyBudgets(unbound, table));
    }

    @Override
    public PolicyBudgets of(K key, long fingerprint) {
        return resolved.of(key, fingerprint);
    }

    @Override
    public Policy known(long fingerprint) {
        return resolved.known(fingerprint);
    }

    @Override
    public void update(Policy policy) {
        throw new IllegalStateException(
                "the policies of this limiter come from a resolver: let it answer differently");
    }

    @Override
    public String toString() {
        return tiers.toString();
    }
}
