package dev.ratelimit.core.internal.policy;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.TimeSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The number of live nodes of a cluster, read again by the first caller after each interval.
 *
 * <p>The common call is one volatile reading and one comparison. When the interval has passed, the thread that raises the
 * flag asks the membership; all others, and the membership itself if it comes back here, go on with the number known. The
 * interval begins when the answer is there, so that a membership slower than the interval is not asked all the time.
 */
public final class LiveNodes {

    /**
     * What is known of the number.
     *
     * @param nodes the number of nodes
     * @param change how often it has changed, so that an earlier reading can be told from a later one
     * @param until the reading of the time from which on it is to be read again
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
     * @param share the membership, and how often it is asked
     * @param time the time that passes between
     */
    public LiveNodes(ClusterShare share, TimeSource time) {
        this.membership = share.membership();
        this.interval = share.every().toNanos();
        this.listener = new FailureListener<>("the look at the live nodes", failure -> failure, share.onFailure());
        this.time = Objects.requireNonNull(time, "timeSource");
        this.count = new Count(share.initialNodes(), 0, time.nanos());
    }

    /** The number at a reading of the time. */
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
            // Another thread may have read between this one's look and its flag.
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
