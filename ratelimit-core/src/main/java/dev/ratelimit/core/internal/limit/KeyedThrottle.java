package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.cells.Outcome;
import dev.ratelimit.core.internal.cells.Permits;
import dev.ratelimit.core.internal.keys.KeyHash;
import java.util.Objects;
import java.util.function.Function;

/**
 * A keyed limiter that refuses what is over the limit.
 *
 * @param <K> the type of the keys
 */
public final class KeyedThrottle<K> implements Limiter<K> {

    private final Rate rate;
    private final CellTable cells;
    private final KeyHash hash;
    private final Function<? super K, ?> keyOf;

    /**
     * Creates a limiter on cells of its own.
     *
     * @param rate the rate of each key
     * @param cells where the keys' state is kept
     * @param hash what reduces a key to 64 bits
     * @param keyOf what reduces a caller's key to one of a supported type
     */
    public KeyedThrottle(Rate rate, CellTable cells, KeyHash hash, Function<? super K, ?> keyOf) {
        this.rate = rate;
        this.cells = cells;
        this.hash = hash;
        this.keyOf = keyOf;
    }

    @Override
    public boolean tryAcquire(K key) {
        return Outcome.isAdmitted(cells.take(fingerprint(reduced(key)), 1));
    }

    @Override
    public boolean tryAcquire(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(reduced(key));
        return permits <= rate.capacity() && Outcome.isAdmitted(cells.take(fingerprint, permits));
    }

    @Override
    public Decision decide(K key) {
        return decide(key, 1);
    }

    @Override
    public Decision decide(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(reduced(key));
        return permits <= rate.capacity() ? cells.decide(fingerprint, permits) : cells.peek(fingerprint, permits);
    }

    @Override
    public Decision peek(K key) {
        return cells.peek(fingerprint(reduced(key)), 1);
    }

    @Override
    public Decision peek(K key, long permits) {
        Permits.check(permits);
        return cells.peek(fingerprint(reduced(key)), permits);
    }

    @Override
    public void refund(K key, long permits) {
        Permits.checkRefund(permits, rate);
        cells.refund(fingerprint(reduced(key)), permits);
    }

    @Override
    public void reset(K key) {
        cells.reset(fingerprint(reduced(key)));
    }

    @Override
    public Rate rate() {
        return rate;
    }

    @Override
    public long evictedInDebt() {
        return cells.evictedInDebt();
    }

    @Override
    public String toString() {
        return "Limiter[" + rate + " per key]";
    }

    private Object reduced(K key) {
        return Objects.requireNonNull(
                keyOf.apply(Objects.requireNonNull(key, "key")), "the key's function returned null");
    }

    private long fingerprint(Object reduced) {
        return CellTable.fingerprint(hash.of(reduced));
    }
}
