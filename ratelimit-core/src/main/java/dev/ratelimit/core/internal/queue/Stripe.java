package dev.ratelimit.core.internal.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The queues of the keys of one stripe, and the lock that guards them.
 *
 * <p>There is a queue for each key for which a call waits or something is promised, and for no other. The map gives its memory
 * back as it empties.
 */
final class Stripe {

    /** A map that has held so many keys is copied when it holds an eighth of them. */
    private static final int LARGE = 64;

    private static final int SPARSE = 8;

    final ReentrantLock lock = new ReentrantLock();

    /** How many queues there are in all stripes. */
    private final AtomicInteger queues;

    private final WaiterBounds room;
    private final KeyBlackouts blackouts;
    private final long credit;

    private Map<Long, WaitQueue> byKey = new HashMap<>();
    private int most;

    /** The size of the map. Written under the lock, read by all. */
    private volatile int size;

    Stripe(AtomicInteger queues, WaiterBounds room, KeyBlackouts blackouts, long credit) {
        this.queues = queues;
        this.room = room;
        this.blackouts = blackouts;
        this.credit = credit;
    }

    /**
     * Whether it has no queue. Read without the lock, as the number of all queues is: a queue is counted before its budgets are
     * read ({@link #findOrAdd}).
     */
    boolean isEmpty() {
        return size == 0;
    }

    @Nullable
    WaitQueue find(long key) {
        return byKey.get(key);
    }

    /**
     * Finds a key's queue, or adds one. From then on, whatever is taken from the key's budgets without a look at its queue is
     * looked at again: so what is read of the budgets after this is not taken by others unnoticed.
     */
    WaitQueue findOrAdd(long key, PolicyAccount account, long now) {
        WaitQueue known = byKey.get(key);
        if (known != null) {
            return known;
        }
        WaitQueue added = new WaitQueue(key, account, room, blackouts, credit);
        byKey.put(key, added);
        most = Math.max(most, byKey.size());
        size = byKey.size();
        queues.incrementAndGet();
        account.adopt(key, now);
        return added;
    }

    /** Removes a queue in which nothing is left. */
    void removeIfIdle(WaitQueue queue) {
        if (queue.isIdle() && byKey.remove(queue.key, queue)) {
            size = byKey.size();
            queues.decrementAndGet();
            shrink();
        }
    }

    private void shrink() {
        if (most > LARGE && byKey.size() < most / SPARSE) {
            byKey = new HashMap<>(byKey);
            most = byKey.size();
        }
    }

    /** The keys that have queues. */
    long[] keys() {
        return byKey.keySet().stream().mapToLong(Long::longValue).toArray();
    }

    /** How long the call has waited that has waited longest, at a reading of the clock. */
    long maxWait(long now) {
        long longest = 0;
        for (WaitQueue queue : byKey.values()) {
            longest = Math.max(longest, queue.maxWait(now));
        }
        return longest;
    }
}
