package dev.ratelimit.core;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Limiter;
import dev.ratelimit.LimiterListener;
import dev.ratelimit.Policy;
import dev.ratelimit.Tiers;
import dev.ratelimit.TimeSource;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.cells.RateOutOfRange;
import dev.ratelimit.core.internal.limit.DividedPolicies;
import dev.ratelimit.core.internal.limit.Evictions;
import dev.ratelimit.core.internal.limit.OnePolicy;
import dev.ratelimit.core.internal.limit.PolicyLimiter;
import dev.ratelimit.core.internal.limit.PolicySource;
import dev.ratelimit.core.internal.limit.TieredPolicies;
import dev.ratelimit.core.internal.queue.WaiterBounds;
import dev.ratelimit.runtime.keys.KeyHash;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A builder of limiters that have separate budgets for each key.
 *
 * <p>Each setting has a default that protects a service. A builder may build any number of limiters, which share
 * nothing. Not thread-safe.
 *
 * @param <T> the supertype of all keys: any object, or the type that the policies' resolver takes
 */
public final class LimiterBuilder<T> {

    /** The default number of keys that a limiter is sized for: 100,000, in about 2.4 MB. */
    public static final int DEFAULT_MAX_KEYS = 100_000;

    /** The most keys that a limiter can be sized for: 500,000,000, in about 12 GB of heap. */
    public static final int MAX_KEYS = CellTable.MAX_KEYS;

    /** The default maximum number of calls that wait for permits at once: 10,000. */
    public static final int DEFAULT_MAX_WAITERS = 10_000;

    /** The policy of all keys, or, with tiers, the default policy. */
    private final Policy policy;

    private final @Nullable Tiers<T> tiers;
    private int maxKeys = DEFAULT_MAX_KEYS;
    private int maxWaiters = DEFAULT_MAX_WAITERS;
    private int maxWaitersPerKey = Integer.MAX_VALUE;
    private WhenSaturated whenSaturated = WhenSaturated.EVICT;
    private TimeSource timeSource = TimeSource.system();
    private @Nullable ClusterShare clusterShare;
    private @Nullable LimiterListener listener;

    LimiterBuilder(Policy policy) {
        this.policy = Objects.requireNonNull(policy, "policy");
        this.tiers = null;
    }

    LimiterBuilder(Tiers<T> tiers) {
        this.policy = tiers.fallback();
        this.tiers = tiers;
    }

    /**
     * Sets the number of keys that can be in debt at once. Each takes 24 bytes, which are allocated when the limiter is
     * built. A policy of several rates takes 24 bytes for each rate, and for a blackout. With tiers, the default policy
     * counts. All
     * else of a limiter takes some 30 kB, so one for a hundred keys is small, too.
     *
     * <p>Keys that are not in debt need no place. The table has 1.5 times as many places as keys, in sets of eight, and
     * a key may be in either of two sets. So a new key finds no place only when about this number of other keys is in
     * debt. Then {@link #whenSaturated(WhenSaturated)} decides.
     *
     * @param maxKeys the number of keys, from 1 to {@link #MAX_KEYS}
     * @return this builder
     * @throws IllegalArgumentException if the number is out of range
     */
    public LimiterBuilder<T> maxKeys(int maxKeys) {
        this.maxKeys = checked("maxKeys", maxKeys, MAX_KEYS);
        return this;
    }

    /**
     * Sets what happens to a new key that finds no place. The default is {@link WhenSaturated#EVICT}.
     *
     * @param whenSaturated the choice
     * @return this builder
     */
    public LimiterBuilder<T> whenSaturated(WhenSaturated whenSaturated) {
        this.whenSaturated = Objects.requireNonNull(whenSaturated, "whenSaturated");
        return this;
    }

    /**
     * Sets the maximum number of calls that wait for permits at the same time, over all keys. The default is
     * {@link #DEFAULT_MAX_WAITERS}. The limiter refuses a further call that would have to wait at once. Such a refusal
     * begins no blackout of the key.
     *
     * @param maxWaiters the number of calls, at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is below 1
     */
    public LimiterBuilder<T> maxWaiters(int maxWaiters) {
        this.maxWaiters = checked("maxWaiters", maxWaiters, Integer.MAX_VALUE);
        return this;
    }

    /**
     * Sets the maximum number of calls that wait for permits of one key at the same time. By default, only
     * {@link #maxWaiters(int)} bounds them. The limiter refuses a further call for the key that would have to wait at
     * once.
     *
     * @param maxWaitersPerKey the number of calls, at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is below 1
     */
    public LimiterBuilder<T> maxWaitersPerKey(int maxWaitersPerKey) {
        this.maxWaitersPerKey = checked("maxWaitersPerKey", maxWaitersPerKey, Integer.MAX_VALUE);
        return this;
    }

    /**
     * Sets the time source that refills the budgets. The default is {@link TimeSource#system()}.
     *
     * @param timeSource the time source
     * @return this builder
     */
    public LimiterBuilder<T> timeSource(TimeSource timeSource) {
        this.timeSource = Objects.requireNonNull(timeSource, "timeSource");
        return this;
    }

    /**
     * Divides the policy by the number of live nodes. By default it is not divided. If the limiter cannot represent the
     * part for a new number of nodes, it reports this to {@link ClusterShare#onFailure} and keeps the previous part.
     * For the initial number, {@link #build()} throws an exception.
     *
     * @param clusterShare the share
     * @return this builder
     * @throws IllegalStateException if the policies come from a resolver, which can divide them itself:
     *     {@link Policy#dividedBy(int)}
     */
    public LimiterBuilder<T> clusterShare(ClusterShare clusterShare) {
        if (tiers != null) {
            throw new IllegalStateException(
                    "the policies come from a resolver: let it divide them, with Policy.dividedBy(nodes)");
        }
        this.clusterShare = Objects.requireNonNull(clusterShare, "clusterShare");
        return this;
    }

    /**
     * Sets the listener for decisions. By default there is none, which costs nothing.
     *
     * @param listener the listener, such as {@link dev.ratelimit.Statistics}
     * @return this builder
     */
    public LimiterBuilder<T> listener(LimiterListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /**
     * Builds a limiter whose keys have a supported type: see {@link Limiter}.
     *
     * @param <K> the type of the keys
     * @return the limiter
     * @throws IllegalArgumentException if the limiter cannot represent a rate: its capacity, together with the maximum
     *     delay, takes longer than about 400 days to refill; or its capacity is too large to keep a rate that is an odd
     *     fraction exact to within 1 in 10<sup>9</sup>. The message names the argument that is too large, and the
     *     largest value that works.
     *     Also if the heap has no room for the table; the message says how many keys it has room for
     */
    public <K extends T> Limiter<K> build() {
        return build(Function.identity());
    }

    /**
     * Builds a limiter for keys of any type, which a function maps to keys of a supported type.
     *
     * <pre>{@code
     * Limiter<Account> perAccount = Limiters.builder(Rate.perMinute(600)).build(Account::id);
     * }</pre>
     *
     * @param keyOf the function; it must be thread-safe, return equal results for equal keys, and not return null
     * @param <K> the type of the keys
     * @return the limiter
     * @throws IllegalArgumentException as {@link #build()}
     */
    public <K extends T> Limiter<K> build(Function<? super K, ?> keyOf) {
        Objects.requireNonNull(keyOf, "keyOf");
        LimiterListener told = listener;
        Evictions evictions = told == null ? null : new Evictions(told);
        int size = cells();
        CellTable cells = TableMemory.now(maxKeys, cellsPerKey())
                .allocate(() -> new CellTable(
                        size, whenSaturated, timeSource, evictions == null ? () -> {} : evictions::evicted));
        // Each limiter has its own secret, so that knowledge of one does not help against another.
        return new PolicyLimiter<K>(
                policies(cells),
                cells,
                new KeyHash(new SecureRandom()),
                keyOf,
                timeSource,
                new WaiterBounds(maxWaiters, maxWaitersPerKey),
                size,
                told,
                evictions);
    }

    private PolicySource<T> policies(CellTable cells) {
        if (tiers != null) {
            return new TieredPolicies<>(tiers, cells, timeSource);
        }
        if (clusterShare == null) {
            return new OnePolicy<>(policy, cells);
        }
        // Checked now, so that a part that cannot be represented is not an error of the first request.
        int nodes = clusterShare.initialNodes();
        RateOutOfRange.checkParts(policy, nodes);
        OnePolicy<T> part = new OnePolicy<>(policy.dividedBy(nodes), cells);
        return new DividedPolicies<>(policy, clusterShare, part, timeSource);
    }

    /** A key has a cell for each rate, and one for its blackout. */
    private long cellsPerKey() {
        return Math.max(1, policy.rates().size() + (policy.blackout().isPresent() ? 1 : 0));
    }

    private int cells() {
        long perKey = cellsPerKey();
        long cells = maxKeys * perKey;
        if (cells > MAX_KEYS) {
            throw new IllegalArgumentException("maxKeys " + maxKeys + " with " + perKey + " cells each ("
                    + policy + ") is more than " + MAX_KEYS + " cells; choose at most "
                    + MAX_KEYS / perKey + " keys");
        }
        return (int) cells;
    }

    static int checked(String name, int value, int largest) {
        if (value < 1 || value > largest) {
            throw new IllegalArgumentException(name + " must be from 1 to " + largest + ", but was " + value);
        }
        return value;
    }
}
