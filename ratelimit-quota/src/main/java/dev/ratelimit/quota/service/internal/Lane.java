package dev.ratelimit.quota.service.internal;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for their turn on one key, in the order in which they came.
 *
 * <p>A request that comes links itself to the last one by one atomic exchange, without a lock. The request that has the
 * turn takes the chain, and reverses it into a queue. No other request touches that queue until the turn is handed
 * over. A lane ends when its last leader finds no waiting request. No request joins an ended lane.
 */
final class Lane {

    /** A request, and the request that came before it. */
    private static final class Link {
        final @Nullable LaneRequest passenger;
        final @Nullable Link before;

        Link(@Nullable LaneRequest passenger, @Nullable Link before) {
            this.passenger = passenger;
            this.before = before;
        }
    }

    private static final Link ENDED = new Link(null, null);

    private final AtomicReference<@Nullable Link> newest = new AtomicReference<>();
    private final ArrayDeque<LaneRequest> queue = new ArrayDeque<>();

    /** Adds a request. Returns false if the lane has ended. Any thread may call this method. */
    boolean join(LaneRequest passenger) {
        while (true) {
            Link last = newest.get();
            if (last == ENDED) {
                return false;
            }
            if (newest.compareAndSet(last, new Link(passenger, last))) {
                return true;
            }
        }
    }

    /**
     * Removes the first waiting request from the queue; null if there is none. Only the thread with the turn calls this
     * method.
     */
    @Nullable
    LaneRequest poll() {
        if (queue.isEmpty()) {
            for (Link link = newest.getAndSet(null); link != null && link.passenger != null; link = link.before) {
                queue.addFirst(link.passenger);
            }
        }
        return queue.poll();
    }

    /**
     * Ends the lane if no request waits, and returns whether it did. Only the thread with the turn calls this method.
     * Its turn is then over.
     */
    boolean end() {
        return queue.isEmpty() && newest.compareAndSet(null, ENDED);
    }
}
