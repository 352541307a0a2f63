package dev.ratelimit.quota.service.internal;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for their turn on one key, in the order in which they came.
 *
 * <p>Whoever comes links itself to the one who came last, by one exchange and without a lock. Who has the turn takes the chain, and
 * turns it round into a queue, which nobody else touches until the turn is handed over. A lane ends when
 * its last leader finds nobody; nobody joins an ended one.
 */
final class Lane {

    /** One who came, and who came before. */
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

    /** Queues; false if the lane has ended. For any thread. */
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

    /** Takes the first who waits out of the queue, if there is one. For who has the turn. */
    @Nullable
    LaneRequest poll() {
        if (queue.isEmpty()) {
            for (Link link = newest.getAndSet(null); link != null && link.passenger != null; link = link.before) {
                queue.addFirst(link.passenger);
            }
        }
        return queue.poll();
    }

    /** Ends the lane, if nobody waits. For who has the turn, which is over then. */
    boolean end() {
        return queue.isEmpty() && newest.compareAndSet(null, ENDED);
    }
}
