package dev.ratelimit.core;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.TimeSource;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.keys.KeyHash;
import dev.ratelimit.core.internal.limit.OnePolicy;
import dev.ratelimit.core.internal.limit.PolicyLimiter;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.function.Function;

/**
 * A builder of limiters that give each key a budget of its own.
 *
 * <p>Each setting has a default that protects a service as it is. A builder may build any number of limiters; they
 * share nothing. Not thread-safe.
 */
public final class LimiterBuilder {

    /** The number of keys that a limiter is sized for, unless it is told: 100,000, in about 2.4 MB. */
    public static final int DEFAULT_MAXIMUM_KEYS = 100_000;

    /** The most keys that a limiter can be sized for: 500,000,000, in about 12 GB. */
    public static final int LARGEST_MAXIMUM_KEYS = CellTable.LARGEST_MAXIMUM_KEYS;

    private final Policy policy;
    private int maximumKeys = DEFAULT_MAXIMUM_KEYS;
    private WhenSaturated whenSaturated = WhenSaturated.EVICT;
    private TimeSource timeSource = TimeSource.system();

    LimiterBuilder(Policy policy) {
        this.policy = Objects.requireNonNull(policy, "policy");
    }

    /**
     * Sets the number of keys that can be in debt at once: 24 bytes each, allocated once, when the limiter is built.
     *
     * <p>Keys that are not in debt need no place. The table has half as many places again as keys, in sets of eight,
     * and a key may stand in either of two sets, so that a new key finds no place only when about this number of
     * others is in debt. Then {@link #whenSaturated(WhenSaturated)} decides.
     *
     * @param maximumKeys from 1 to {@link #LARGEST_MAXIMUM_KEYS}
     * @return this builder
     * @throws IllegalArgumentException if the number is out of range
     */
    public LimiterBuilder maximumKeys(int maximumKeys) {
        if (maximumKeys < 1 || maximumKeys > LARGEST_MAXIMUM_KEYS) {
            throw new IllegalArgumentException(
                    "maximumKeys must be from 1 to " + LARGEST_MAXIMUM_KEYS + ", but was " + maximumKeys);
        }
        this.maximumKeys = maximumKeys;
        return this;
    }

    /**
     * Sets what becomes of a new key that finds no place; the default is {@link WhenSaturated#EVICT}.
     *
     * @param whenSaturated what becomes of it
     * @return this builder
     */
    public LimiterBuilder whenSaturated(WhenSaturated whenSaturated) {
        this.whenSaturated = Objects.requireNonNull(whenSaturated, "whenSaturated");
        return this;
    }

    /**
     * Sets the time that refills the budgets; the default is {@link TimeSource#system()}.
     *
     * @param timeSource the time
     * @return this builder
     */
    public LimiterBuilder timeSource(TimeSource timeSource) {
        this.timeSource = Objects.requireNonNull(timeSource, "timeSource");
        return this;
    }

    /**
     * Builds a limiter whose keys are of a type that is a key by itself: see {@link Limiter}.
     *
     * @param <K> the type of the keys
     * @return the limiter
     * @throws IllegalArgumentException if the rate cannot be kept: its capacity takes longer than about 400 days to
     *     refill, or it has so large a capacity at so odd a rate that it could not be kept to within 1 in
     *     10<sup>9</sup>; the message says what would do
     */
    public <K> Limiter<K> build() {
        return build(Function.identity());
    }

    /**
     * Builds a limiter for keys of any type, each of which a function reduces to a key by itself.
     *
     * <pre>{@code
     * Limiter<Account> perAccount = Limiters.builder(Rate.perMinute(600)).build(Account::id);
     * }</pre>
     *
     * @param keyOf the function; it must be thread-safe, return equal results for what is one key, and not return null
     * @param <K> the type of the keys
     * @return the limiter
     * @throws IllegalArgumentException as {@link #build()}
     */
    public <K> Limiter<K> build(Function<? super K, ?> keyOf) {
        Objects.requireNonNull(keyOf, "keyOf");
        CellTable cells = new CellTable(cells(), whenSaturated, timeSource);
        // A secret of its own for each limiter: what is learnt of one says nothing of another.
        return new PolicyLimiter<>(new OnePolicy<>(policy, cells), cells, new KeyHash(new SecureRandom()), keyOf);
    }

    /** A key has a cell for each rate, and one for its blackout. */
    private int cells() {
        long perKey = Math.max(1, policy.rates().size() + (policy.blackout().isPresent() ? 1 : 0));
        long cells = maximumKeys * perKey;
        if (cells > LARGEST_MAXIMUM_KEYS) {
            throw new IllegalArgumentException("maximumKeys " + maximumKeys + " with " + perKey + " cells each ("
                    + policy + ") is more than " + LARGEST_MAXIMUM_KEYS + " cells; choose fewer keys");
        }
        return (int) cells;
    }
}
