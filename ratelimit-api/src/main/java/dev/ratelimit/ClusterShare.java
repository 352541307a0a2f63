package dev.ratelimit;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A cluster share is the part of a limit that one node enforces. All live nodes enforce equal parts of the limit.
 *
 * <pre>{@code
 * ClusterShare share = ClusterShare.of(membership::liveNodes, 3)
 *         .every(Duration.ofSeconds(5))
 *         .onFailure(failure -> log.warn("number of nodes unknown", failure));
 * }</pre>
 *
 * <p><b>Division.</b> Each rate is divided exactly, so that the nodes together have the rate of the whole:
 * {@link Policy#dividedBy(int)} says how, and what it rounds. The nodes do not talk to each other: a key gets its whole
 * limit only if its requests are spread evenly over the nodes. A key whose requests all reach one node gets one part.
 * No single request can take more permits than the capacity of a part.
 *
 * <p><b>The number of nodes</b> is read again by the first call after each interval, on the thread of that call. Other
 * calls use the last known number meanwhile. Nodes learn of a change at different times: for up to one interval, plus
 * the time that the reading takes, the parts may add up to more or less than the whole.
 *
 * <p><b>Failures.</b> If the number cannot be read, or is below 1, the limiter keeps the last known number, or the
 * initial number if it knows none. It reports the failure to the {@linkplain #onFailure(Consumer) listener} and reads
 * the number again after the next interval. It handles an {@link Error} in the same way, and then throws it to the
 * caller on whose thread it occurred.
 *
 * <p>Immutable and thread-safe if its functions are. Each limiter built with it reads the number for itself, by its own
 * time source.
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
     * @param membership the source of the number of live nodes
     * @param initialNodes the number of nodes to assume until the membership first answers; at least 1
     * @return the share
     * @throws IllegalArgumentException if the number is below 1
     */
    public static ClusterShare of(Membership membership, int initialNodes) {
        Objects.requireNonNull(membership, "membership");
        if (initialNodes < 1) {
            throw new IllegalArgumentException(
                    "the initial number of nodes must be at least 1, but was " + initialNodes);
        }
        return new ClusterShare(membership, initialNodes, DEFAULT_INTERVAL, failure -> {});
    }

    /**
     * Returns the share of a node in a cluster of {@code nodes} nodes.
     *
     * @param nodes the number of nodes, at least 1
     * @return the share
     * @throws IllegalArgumentException if the number is below 1
     */
    public static ClusterShare fixed(int nodes) {
        return of(() -> nodes, nodes).every(Policy.MAX_DURATION);
    }

    /**
     * Returns this share with another interval between readings of the number of nodes. The default is 5 seconds.
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
     * @param onFailure receives the exception that the membership threw; or an {@link IllegalStateException} if its
     *     number was below 1; or the reason why a rate divided by its number cannot be kept. It runs on the thread of
     *     the caller that met the failure. An exception that it throws is ignored; an {@link Error} is not
     * @return the share
     */
    public ClusterShare onFailure(Consumer<? super Throwable> onFailure) {
        return new ClusterShare(membership, initialNodes, interval, Objects.requireNonNull(onFailure, "onFailure"));
    }

    /**
     * Returns the source of the number of live nodes.
     *
     * @return the membership
     */
    public Membership membership() {
        return membership;
    }

    /**
     * Returns the number of nodes to assume until the membership first answers.
     *
     * @return the number, at least 1
     */
    public int initialNodes() {
        return initialNodes;
    }

    /**
     * Returns the interval between readings of the number of nodes.
     *
     * @return the interval, at least 1 ns
     */
    public Duration every() {
        return interval;
    }

    /**
     * Returns the listener for failures of the membership.
     *
     * @return the listener
     */
    public Consumer<? super Throwable> onFailure() {
        return onFailure;
    }

    @Override
    public String toString() {
        return "ClusterShare[" + initialNodes + " nodes initially, read every " + interval + "]";
    }

    /**
     * A membership is a source of the number of live nodes in a cluster, which includes the calling node.
     *
     * <p>It may be slow. A limiter has at most one call of it under way, and only the request that makes this call
     * waits for it.
     */
    @FunctionalInterface
    public interface Membership {

        /**
         * Returns the number of live nodes.
         *
         * @return the number, at least 1
         * @throws Exception if the number is not known now
         */
        int liveNodes() throws Exception;
    }
}
