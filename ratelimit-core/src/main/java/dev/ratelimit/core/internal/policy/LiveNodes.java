package dev.ratelimit.core.internal.policy;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.TimeSource;
import dev.ratelimit.runtime.resolve.FailureListener;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The number of live nodes of a cluster, read again by the first caller after each interval.
 *
 * <p>The common call costs one volatile read and one comparison. When the interval has passed, the thread that sets the
 * flag asks the membership. All other threads, and the membership itself if it calls the limiter, use the last known
 * number. The next interval begins with the answer, so that a membership slower than the interval is not asked all the
 * time.
 */
public final class LiveNodes {

    /**
     * The last known number.
     *
     * @param nodes the number of nodes
     * @param change the number of its changes so far, which tells earlier readings from later ones
     * @param until the reading of the time source from which the number must be read again
     */
    record Count(int nodes, long change, long until) {}

    private final ClusterShare.Membership membership;
    private final long interval;
    private final FailureListener<Throwable> listener;
    private final TimeSource time;
    private final AtomicBoolean isBeingRead = new AtomicBoolean();
    private volatile Count count;

    /**
     * Creates a number that the first call reads.
     *
     * @param share the membership, and the interval between its calls
     * @param time the time source for the interval
     */
    public LiveNodes(ClusterShare share, TimeSource time) {
        this.membership = share.membership();
        this.interval = share.every().toNanos();
        this.listener =
                new FailureListener<>("reading the number of live nodes", failure -> failure, share.onFailure());
        this.time = Objects.requireNonNull(time, "timeSource");
        this.count = new Count(share.initialNodes(), 0, time.nanos());
    }

    /** Returns the number at a reading of the time source. */
    Count at(long now) {
        Count last = count;
        return now - last.until() < 0 ? last : readAgain(now);
    }

    long now() {
        return time.nanos();
    }

    private Count readAgain(long now) {
        if (!isBeingRead.compareAndSet(false, true)) {
            return count;
        }
        try {
            Count last = count;
            // Another thread may have read the number before this thread set the flag.
            return now - last.until() < 0 ? last : read(last);
        } finally {
            isBeingRead.set(false);
        }
    }

    private Count read(Count last) {
        Throwable failure;
        try {
            int nodes = membership.liveNodes();
            if (nodes >= 1) {
                return known(last, nodes);
            }
            failure = new IllegalStateException("the number of live nodes must be at least 1, but was " + nodes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = e;
        } catch (Throwable e) {
            failure = e;
        }
        Count same = known(last, last.nodes());
        listener.tell(failure);
        if (failure instanceof Error error) {
            throw error;
        }
        return same;
    }

    private Count known(Count last, int nodes) {
        long change = nodes == last.nodes() ? last.change() : last.change() + 1;
        Count next = new Count(nodes, change, time.nanos() + interval);
        count = next;
        return next;
    }
}
