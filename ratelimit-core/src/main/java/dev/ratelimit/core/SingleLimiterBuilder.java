package dev.ratelimit.core;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.LimiterListener;
import dev.ratelimit.Policy;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.TimeSource;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.cells.RateOutOfRange;
import dev.ratelimit.core.internal.cells.SingleCell;
import dev.ratelimit.core.internal.limit.DividedPolicies;
import dev.ratelimit.core.internal.limit.OnePolicy;
import dev.ratelimit.core.internal.limit.PolicyLimiter;
import dev.ratelimit.core.internal.limit.PolicySource;
import dev.ratelimit.core.internal.queue.WaiterBounds;
import dev.ratelimit.runtime.keys.KeyHash;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A builder of limiters without keys: one set of budgets for all callers together.
 *
 * <p>Its settings are those of {@link LimiterBuilder}, without those for many keys. Each has a default that protects a
 * service. A builder may build any number of limiters, which share nothing. Not thread-safe.
 *
 * <pre>{@code
 * SingleLimiter node = Limiters.singleBuilder(policy)
 *         .maxWaiters(100)
 *         .listener(statistics)
 *         .build();
 * }</pre>
 */
public final class SingleLimiterBuilder {

    /** Not secret, and shared by all limiters, because no client chooses keys. */
    private static final KeyHash HASH = new KeyHash(new SplittableRandom(1));

    /** The only key of the limiter, for the code that it shares with keyed limiters. */
    private static final Object KEY = IntStream.range(0, Integer.MAX_VALUE)
            .mapToObj(number -> "key " + number)
            .filter(key -> SingleCell.isItsKey(CellTable.fingerprint(HASH.of(key))))
            .findFirst()
            .orElseThrow();

    /** One cell for each rate, and one for a blackout. */
    private static final int CELLS = Policy.MAX_RATES + 1;

    private final Policy policy;
    private int maxWaiters = LimiterBuilder.DEFAULT_MAX_WAITERS;
    private TimeSource timeSource = TimeSource.system();
    private @Nullable ClusterShare clusterShare;
    private @Nullable LimiterListener listener;

    SingleLimiterBuilder(Policy policy) {
        this.policy = Objects.requireNonNull(policy, "policy");
    }

    /**
     * Sets the maximum number of calls that wait for permits at the same time. The default is
     * {@link LimiterBuilder#DEFAULT_MAX_WAITERS}. The limiter refuses a further call that would have to wait at once.
     *
     * @param maxWaiters the number of calls, at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is below 1
     */
    public SingleLimiterBuilder maxWaiters(int maxWaiters) {
        this.maxWaiters = LimiterBuilder.checked("maxWaiters", maxWaiters, Integer.MAX_VALUE);
        return this;
    }

    /**
     * Sets the time source that refills the budgets. The default is {@link TimeSource#system()}.
     *
     * @param timeSource the time source
     * @return this builder
     */
    public SingleLimiterBuilder timeSource(TimeSource timeSource) {
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
     */
    public SingleLimiterBuilder clusterShare(ClusterShare clusterShare) {
        this.clusterShare = Objects.requireNonNull(clusterShare, "clusterShare");
        return this;
    }

    /**
     * Sets the listener for decisions. By default there is none, which costs nothing.
     *
     * @param listener the listener, such as {@link dev.ratelimit.Statistics}
     * @return this builder
     */
    public SingleLimiterBuilder listener(LimiterListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /**
     * Builds the limiter.
     *
     * @return the limiter
     * @throws IllegalArgumentException if the limiter cannot represent a rate: see {@link LimiterBuilder#build()}
     */
    public SingleLimiter build() {
        CellTable cells = new CellTable(CELLS, WhenSaturated.DENY, timeSource);
        WaiterBounds room = new WaiterBounds(maxWaiters, maxWaiters);
        ClusterShare share = clusterShare;
        if (share != null) {
            RateOutOfRange.checkParts(policy, share.initialNodes());
        }
        OnePolicy<Object> own = new OnePolicy<>(share == null ? policy : policy.dividedBy(share.initialNodes()), cells);
        PolicySource<Object> policies = share == null ? own : new DividedPolicies<>(policy, share, own, timeSource);
        PolicyLimiter<Object> limiter = new PolicyLimiter<>(
                policies, cells, HASH, Function.identity(), timeSource, room, CELLS, listener, null);
        // With a listener or a share, each decision must go through the keyed limiter.
        boolean isPlain = listener == null && share == null;
        return new SingleCell(
                limiter,
                KEY,
                CellTable.fingerprint(HASH.of(KEY)),
                cells,
                timeSource,
                isPlain ? own::alone : () -> null,
                limiter.queues(),
                permits -> limiter.undo(KEY, permits));
    }
}
