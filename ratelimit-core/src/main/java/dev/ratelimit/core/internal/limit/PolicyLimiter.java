package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Reservation;
import dev.ratelimit.Snapshot;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.cells.Permits;
import dev.ratelimit.core.internal.keys.KeyHash;
import java.util.Objects;
import java.util.function.Function;

/**
 * A keyed limiter: arguments checked, the key reduced to 64 bits, its policy found, and that policy's budgets asked.
 *
 * @param <K> the type of the keys
 */
public final class PolicyLimiter<K> implements Limiter<K> {

    private final PolicySource<K> policies;
    private final CellTable cells;
    private final KeyHash hash;
    private final Function<? super K, ?> keyOf;

    /**
     * Creates a limiter on cells of its own.
     *
     * @param policies what gives a key its policy
     * @param cells where the keys' state is kept
     * @param hash what reduces a key to 64 bits
     * @param keyOf what reduces a caller's key to one of a supported type
     */
    public PolicyLimiter(PolicySource<K> policies, CellTable cells, KeyHash hash, Function<? super K, ?> keyOf) {
        this.policies = policies;
        this.cells = cells;
        this.hash = hash;
        this.keyOf = keyOf;
    }

    @Override
    public boolean tryAcquire(K key) {
        long fingerprint = fingerprint(key);
        return policies.of(key, fingerprint).tryTake(fingerprint, 1, cells.clock());
    }

    @Override
    public boolean tryAcquire(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        return policies.of(key, fingerprint).tryTake(fingerprint, permits, cells.clock());
    }

    @Override
    public Decision decide(K key) {
        return decide(key, 1);
    }

    @Override
    public Decision decide(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        return policies.of(key, fingerprint).decide(fingerprint, permits, cells.clock());
    }

    @Override
    public Decision peek(K key) {
        return peek(key, 1);
    }

    @Override
    public Decision peek(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        return policies.of(key, fingerprint).peek(fingerprint, permits, cells.clock());
    }

    @Override
    public Reservation reserve(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        return policies.of(key, fingerprint).reserve(fingerprint, permits, cells.clock());
    }

    @Override
    public void refund(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        PolicyBudgets budgets = policies.of(key, fingerprint);
        Permits.checkRefund(permits, budgets.smallestCapacity());
        budgets.refund(fingerprint, permits, cells.clock());
    }

    @Override
    public void reset(K key) {
        long fingerprint = fingerprint(key);
        policies.of(key, fingerprint).reset(fingerprint);
    }

    @Override
    public Policy policy(K key) {
        return policies.of(key, fingerprint(key)).policy();
    }

    @Override
    public void update(Policy policy) {
        policies.update(policy);
    }

    @Override
    public Snapshot snapshot(K key) {
        long fingerprint = fingerprint(key);
        return policies.of(key, fingerprint).snapshot(fingerprint, cells.clock(), 0);
    }

    @Override
    public long evictedInDebt() {
        return cells.evictedInDebt();
    }

    @Override
    public String toString() {
        return "Limiter[" + policies + " per key]";
    }

    private long fingerprint(K key) {
        Object reduced = Objects.requireNonNull(
                keyOf.apply(Objects.requireNonNull(key, "key")), "the key's function returned null");
        return CellTable.fingerprint(hash.of(reduced));
    }
}
