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
import dev.ratelimit.core.internal.keys.KeyHash;
import dev.ratelimit.core.internal.limit.DividedPolicies;
import dev.ratelimit.core.internal.limit.Evictions;
import dev.ratelimit.core.internal.limit.OnePolicy;
import dev.ratelimit.core.internal.limit.PolicyLimiter;
import dev.ratelimit.core.internal.limit.PolicySource;
import dev.ratelimit.core.internal.limit.TieredPolicies;
import dev.ratelimit.core.internal.queue.WaiterBounds;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A builder of limiters that give each key budgets of its own.
 *
 * <p>Each setting has a default that protects a service as it is. A builder may build any number of limiters; they
 * share nothing. Not thread-safe.
 *
 * @param <T> what all keys must be: anything, or what the policies' resolver takes
 */
public final class LimiterBuilder<T> {

    /** The number of keys that a limiter is sized for, unless it is told: 100,000, in about 2.4 MB. */
    public static final int DEFAULT_MAX_KEYS = 100_000;

    /** The most keys that a limiter can be sized for: 500,000,000, in about 12 GB of heap. */
    public static final int MAX_KEYS = CellTable.MAX_KEYS;

    /** The number of requests that may wait for permits at once, unless the limiter is told: 10,000. */
    public static final int DEFAULT_MAX_WAITERS = 10_000;

    /** The policy of all keys, or that of those of which nothing is known. */
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
     * Sets the number of keys that can be in debt at once: 24 bytes each, allocated once, when the limiter is built. A policy
     * of several rates takes as much for each, and for a blackout; with tiers, that of the default policy is meant. All
     * else of a limiter takes some 30 kB, so one for a hundred keys is small, too.
     *
     * <p>Keys that are not in debt need no place. The table has half as many places again as keys, in sets of eight,
     * and a key may stand in either of two sets, so that a new key finds no place only when about this number of
     * others is in debt. Then {@link #whenSaturated(WhenSaturated)} decides.
     *
     * @param maxKeys from 1 to {@link #MAX_KEYS}
     * @return this builder
     * @throws IllegalArgumentException if the number is out of range
     */
    public LimiterBuilder<T> maxKeys(int maxKeys) {
        this.maxKeys = checked("maxKeys", maxKeys, MAX_KEYS);
        return this;
    }

    /**
     * Sets what becomes of a new key that finds no place; the default is {@link WhenSaturated#EVICT}.
     *
     * @param whenSaturated what becomes of it
     * @return this builder
     */
    public LimiterBuilder<T> whenSaturated(WhenSaturated whenSaturated) {
        this.whenSaturated = Objects.requireNonNull(whenSaturated, "whenSaturated");
        return this;
    }

    /**
     * Sets how many calls may wait for permits at the same time, all keys together; the default is
     * {@link #DEFAULT_MAX_WAITERS}. A further call that would have to wait is refused at once. That is no excess of its key:
     * no blackout begins.
     *
     * @param maxWaiters at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is below 1
     */
    public LimiterBuilder<T> maxWaiters(int maxWaiters) {
        this.maxWaiters = checked("maxWaiters", maxWaiters, Integer.MAX_VALUE);
        return this;
    }

    /**
     * Sets how many calls may wait for permits of one key at the same time; by default only
     * {@link #maxWaiters(int)} bounds them. A further call for the key that would have to wait is refused at once.
     *
     * @param maxWaitersPerKey at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is below 1
     */
    public LimiterBuilder<T> maxWaitersPerKey(int maxWaitersPerKey) {
        this.maxWaitersPerKey = checked("maxWaitersPerKey", maxWaitersPerKey, Integer.MAX_VALUE);
        return this;
    }

    /**
     * Sets the time that refills the budgets; the default is {@link TimeSource#system()}.
     *
     * @param timeSource the time
     * @return this builder
     */
    public LimiterBuilder<T> timeSource(TimeSource timeSource) {
        this.timeSource = Objects.requireNonNull(timeSource, "timeSource");
        return this;
    }

    /**
     * Divides the policy by the number of live nodes; by default it is not divided. A number of nodes of which the part
     * cannot be kept is told to {@link ClusterShare#onFailure}, and the part of before stands; at first, it is an error of
     * {@link #build()}.
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
     * Sets who is told of decisions; by default nobody is, which costs nothing.
     *
     * @param listener the listener, such as {@link dev.ratelimit.Statistics}
     * @return this builder
     */
    public LimiterBuilder<T> listener(LimiterListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /**
     * Builds a limiter whose keys are of a type that is a key by itself: see {@link Limiter}.
     *
     * @param <K> the type of the keys
     * @return the limiter
     * @throws IllegalArgumentException if a rate cannot be kept: its capacity, together with the maximum delay, takes
     *     longer than about 400 days to refill, or it has so large a capacity at so odd a rate that it could not be kept to
     *     within 1 in 10<sup>9</sup>; the message names the argument that is too large, and the largest that works.
     *     Also if the heap has no room for the table of so many keys; the message says how many there is room for
     */
    public <K extends T> Limiter<K> build() {
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
    public <K extends T> Limiter<K> build(Function<? super K, ?> keyOf) {
        Objects.requireNonNull(keyOf, "keyOf");
        LimiterListener told = listener;
        Evictions evictions = told == null ? null : new Evictions(told);
        int size = cells();
        CellTable cells = TableMemory.now(maxKeys, cellsPerKey())
                .allocate(() -> new CellTable(
                        size, whenSaturated, timeSource, evictions == null ? () -> {} : evictions::evicted));
        // A secret of its own for each limiter: what is learnt of one says nothing of another.
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
        // So a part that cannot be kept is an error now, and not of the first request.
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
