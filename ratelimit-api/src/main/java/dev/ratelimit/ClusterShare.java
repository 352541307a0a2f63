package dev.ratelimit;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A cluster share is the part of a limit that one node enforces, where all live nodes enforce equal parts of it.
 *
 * <pre>{@code
 * ClusterShare share = ClusterShare.of(membership::liveNodes, 3)
 *         .every(Duration.ofSeconds(5))
 *         .onFailure(failure -> log.warn("number of nodes unknown", failure));
 * }</pre>
 *
 * <p><b>Division.</b> Each rate is divided exactly, so that the nodes together have the rate of the whole:
 * see {@link Policy#dividedBy(int)}, which also says what is rounded. The nodes do not talk to each other: a key has its
 * whole limit only if its requests are spread evenly, and a key whose requests all reach one node has one part. No single
 * request can have more permits than the capacity of a part.
 *
 * <p><b>The number of nodes</b> is read again by the first call after each interval, on its own thread; calls that come
 * meanwhile go on with the number known. Nodes learn of a change at different times: for up to an interval (and the time
 * that the reading takes) the parts may add up to more or less than the whole.
 *
 * <p><b>Failures.</b> If the number cannot be read, or is below 1, the last known one stands, and before there is any the
 * number declared at first. This is reported, and the number is read again after the next interval. An {@link Error} is
 * handled likewise, and then reaches the caller on whose thread it was thrown.
 *
 * <p>Immutable and thread-safe, as far as its functions are. Each limiter built with it reads the number for itself, in
 * its own time.
 */
public final class ClusterShare {

    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(5);

    private final Membership membership;
    private final int initialNodes;
    private final Duration interval;
    private final Consumer<? super Throwable> onFailure;

    private ClusterShare(
            Membership membership, int initialNodes, Duration interval, Consumer<? super Throwable> onFailure) {
        this.membership = membership;
        this.initialNodes = initialNodes;
        this.interval = interval;
        this.onFailure = onFailure;
    }

    /**
     * Returns the share of a node in a cluster whose size changes.
     *
     * @param membership says how many nodes are live
     * @param initialNodes the number of nodes as long as the membership has never said any; at least 1
     * @return the share
     * @throws IllegalArgumentException if the number is below 1
     */
    public static ClusterShare of(Membership membership, int initialNodes) {
        Objects.requireNonNull(membership, "membership");
        if (initialNodes < 1) {
            throw new IllegalArgumentException(
                    "the number of nodes at first must be at least 1, but was " + initialNodes);
        }
        return new ClusterShare(membership, initialNodes, DEFAULT_INTERVAL, failure -> {});
    }

    /**
     * Returns the share of a node in a cluster of so many nodes.
     *
     * @param nodes the number of nodes, at least 1
     * @return the share
     * @throws IllegalArgumentException if the number is below 1
     */
    public static ClusterShare fixed(int nodes) {
        return of(() -> nodes, nodes).every(Policy.MAX_DURATION);
    }

    /**
     * Returns this share with another interval at which the number of nodes is read again; the default is 5 seconds.
     *
     * @param interval the interval, from 1 ns to {@link Policy#MAX_DURATION}
     * @return the share
     * @throws IllegalArgumentException if the interval is out of range
     */
    public ClusterShare every(Duration interval) {
        Policy.checkPositive("interval", interval);
        return new ClusterShare(membership, initialNodes, interval, onFailure);
    }

    /**
     * Returns this share with another listener for failures of the membership; the default does nothing.
     *
     * @param onFailure is told what the membership threw, or an {@link IllegalStateException} if its number was below 1,
     *     or why a rate divided by its number cannot be kept, on the thread of the caller that met it; what it throws, but
     *     for an {@link Error}, is ignored
     * @return the share
     */
    public ClusterShare onFailure(Consumer<? super Throwable> onFailure) {
        return new ClusterShare(membership, initialNodes, interval, Objects.requireNonNull(onFailure, "onFailure"));
    }

    /**
     * Returns who says how many nodes are live.
     *
     * @return the membership
     */
    public Membership membership() {
        return membership;
    }

    /**
     * Returns the number of nodes as long as the membership has never said any.
     *
     * @return the number, at least 1
     */
    public int initialNodes() {
        return initialNodes;
    }

    /**
     * Returns the interval at which the number is read again.
     *
     * @return the interval, at least 1 ns
     */
    public Duration every() {
        return interval;
    }

    /**
     * Returns who is told of failures.
     *
     * @return the listener
     */
    public Consumer<? super Throwable> onFailure() {
        return onFailure;
    }

    @Override
    public String toString() {
        return "ClusterShare[" + initialNodes + " nodes at first, read every " + interval + "]";
    }

    /**
     * A membership says how many nodes of a cluster are live, the asking one among them.
     *
     * <p>It may be slow: a limiter never asks it twice at once, and only the call that asks waits for it.
     */
    @FunctionalInterface
    public interface Membership {

        /**
         * Returns the number of live nodes.
         *
         * @return the number, at least 1
         * @throws Exception if it is not known now
         */
        int liveNodes() throws Exception;
    }
}
