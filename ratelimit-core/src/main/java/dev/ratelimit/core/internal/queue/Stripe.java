package dev.ratelimit.core.internal.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The queues of the keys of one stripe, and the lock that guards them.
 *
 * <p>There is a queue for exactly the keys with waiting calls or pending reservations. The map releases memory as it
 * empties.
 */
final class Stripe {

    /** Lets the calls of a queue depart that may by now. */
    static final Visit<Boolean> RELEASE = (queue, now, todo) -> {
        queue.release(now, todo);
        return true;
    };

    /** A map that has held at least this number of keys is copied when an eighth of them is left. */
    private static final int LARGE = 64;

    private static final int SPARSE = 8;

    final ReentrantLock lock = new ReentrantLock();

    /** The number of queues in all stripes. */
    private final AtomicInteger queues;

    private final QueueRules rules;

    private Map<Long, WaitQueue> byKey = new HashMap<>();
    private int most;

    /** The size of the map. Written under the lock, read by all. */
    private volatile int size;

    Stripe(AtomicInteger queues, QueueRules rules) {
        this.queues = queues;
        this.rules = rules;
    }

    /**
     * Returns whether it has no queue. Read without the lock, as is the number of all queues: a queue is counted before
     * its budgets are read ({@link #findOrAdd}).
     */
    boolean isEmpty() {
        return size == 0;
    }

    /** An action on the queue of a key. */
    interface Visit<T extends @Nullable Object> {
        T at(WaitQueue queue, long now, AfterUnlock todo);
    }

    /**
     * Runs an action on the queue of a key, with the given budgets or else those of the queue; returns null if there is
     * no queue.
     */
    <T> @Nullable T visit(@Nullable PolicyAccount account, long key, Visit<T> visit) {
        if (isEmpty()) {
            // Calls of other keys wait, which must not cost requests of this key a lock.
            return null;
        }
        long now = now();
        return this.<@Nullable T>locked(null, todo -> {
            WaitQueue queue = byKey.get(key);
            return queue == null
                    ? null
                    : visitBound(queue, account == null ? queue.account : account, now, todo, visit);
        });
    }

    /**
     * Runs an action on the queue of a key, which is added if there is none.
     *
     * @param own the caller of the current thread, if it may join the queue
     */
    <T> T visitOrAdd(PolicyAccount account, long key, @Nullable Caller own, long now, Visit<T> visit) {
        return locked(own, todo -> visitBound(findOrAdd(key, account, now), account, now, todo, visit));
    }

    /** Runs an action on a queue, which it moves to the budgets in force before. The caller holds the lock. */
    <T> T visitBound(WaitQueue queue, PolicyAccount account, long now, AfterUnlock todo, Visit<T> visit) {
        try {
            // The caller may have found its budgets before a change.
            queue.bind(rules.inForce().apply(account), now, todo);
            return visit.at(queue, now, todo);
        } finally {
            removeIfIdle(queue);
        }
    }

    /** Lets calls of a key depart, after an instant has come or its budgets got permits. */
    void release(long key) {
        visit(null, key, RELEASE);
    }

    /** Runs an action under the lock, and then what the action has recorded for afterwards. */
    <T extends @Nullable Object> T locked(@Nullable Caller own, Function<AfterUnlock, T> work) {
        AfterUnlock todo = new AfterUnlock();
        lock.lock();
        try {
            return work.apply(todo);
        } finally {
            lock.unlock();
            todo.run(own, rules.mayRunCode());
            rules.whenUnlocked().run();
        }
    }

    /** Reads the clock of the budgets. */
    long now() {
        return rules.time().nanos();
    }

    /**
     * Returns a key's queue, and adds one if there is none. From then on, a request that takes permits from the key's
     * budgets without a check of its queue is reviewed. So no request takes permits unnoticed after the queue has read
     * the budgets.
     */
    private WaitQueue findOrAdd(long key, PolicyAccount account, long now) {
        WaitQueue known = byKey.get(key);
        if (known != null) {
            return known;
        }
        WaitQueue added = new WaitQueue(key, account, rules);
        byKey.put(key, added);
        most = Math.max(most, byKey.size());
        size = byKey.size();
        queues.incrementAndGet();
        account.adopt(key, now);
        return added;
    }

    /** Removes a queue if it is empty. */
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

    /** Returns the keys with queues. */
    long[] keys() {
        return byKey.keySet().stream().mapToLong(Long::longValue).toArray();
    }

    /** Returns the time that the longest-waiting call has waited, at a reading of the clock. */
    long maxWait(long now) {
        long longest = 0;
        for (WaitQueue queue : byKey.values()) {
            longest = Math.max(longest, queue.maxWait(now));
        }
        return longest;
    }
}
