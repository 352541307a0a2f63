package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All counters of a store in memory, by window and subject, and by the time when they may be forgotten.
 *
 * <p>A thread finds a counter in the map, locks it, and checks whether it is still in the map. A thread that removes a
 * counter holds the counter's lock, and marks it. So there is one lock for each counter, and none for all. The order by
 * time changes only when a counter is added or removed. Each counter is in it once, by its {@link StoredCounter#due()},
 * which changes under the counter's lock. If the life of a counter was prolonged, it is put back when its first time
 * has come.
 */
final class StoredCounters {

    /** A place in the order by time. Numbers distinguish places of the same instant. */
    record Due(Instant at, long number) {
        private long millis() {
            return at.isAfter(LAST) ? Long.MAX_VALUE : at.toEpochMilli();
        }

        private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE);

        static final Comparator<Due> ORDER = Comparator.comparing(Due::at).thenComparingLong(Due::number);
    }

    private final ConcurrentHashMap<WindowCounters.Name, WindowCounters> windows = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<Due, StoredCounter> byDue = new ConcurrentSkipListMap<>(Due.ORDER);

    private final AtomicLong lastNumber = new AtomicLong();
    private final MemoryBounds bounds;

    /**
     * The earliest due time in milliseconds, or an earlier time. Reading this number shows whether anything can have
     * expired.
     */
    private final AtomicLong firstDue = new AtomicLong(Long.MAX_VALUE);

    StoredCounters(MemoryBounds bounds) {
        this.bounds = bounds;
    }

    /**
     * Returns a counter, locked, and adds it if necessary. Throws {@link MemoryBounds.NoRoom} if there is no place for
     * it.
     */
    StoredCounter locked(Counter counter) {
        WindowCounters.Name name = WindowCounters.Name.of(counter);
        while (true) {
            WindowCounters window = open(name);
            StoredCounter tally = window.get(counter.subject());
            if (tally == null) {
                tally = added(window, counter);
            } else {
                tally.lock();
            }
            if (tally != null && !tally.isGone()) {
                tally.keepUntil(counter.expires());
                return tally;
            }
            if (tally != null) {
                tally.unlock();
            }
        }
    }

    /** Returns a counter, locked; null if it does not exist. */
    @Nullable
    StoredCounter lockedIfThere(Counter counter) {
        return lockedIfThere(WindowCounters.Name.of(counter), counter.subject());
    }

    /** Returns a counter by its window and subject, locked; null if it does not exist. */
    @Nullable
    StoredCounter lockedIfThere(WindowCounters.Name name, String subject) {
        WindowCounters window = windows.get(name);
        StoredCounter tally = window == null ? null : window.get(subject);
        if (tally == null) {
            return null;
        }
        tally.lock();
        if (tally.isGone()) {
            tally.unlock();
            return null;
        }
        return tally;
    }

    private WindowCounters open(WindowCounters.Name name) {
        WindowCounters window = windows.get(name);
        return window != null ? window : windows.computeIfAbsent(name, same -> new WindowCounters(same, bounds));
    }

    /**
     * Adds a counter, and returns it locked. Returns null if another thread was quicker, or the window has been closed.
     */
    private @Nullable StoredCounter added(WindowCounters window, Counter counter) {
        if (!window.enter()) {
            windows.remove(window.name(), window);
            return null;
        }
        try {
            bounds.takeCounter();
        } catch (MemoryBounds.NoRoom e) {
            close(window);
            throw e;
        }
        StoredCounter fresh =
                new StoredCounter(window, counter, new Due(counter.expires(), lastNumber.incrementAndGet()));
        fresh.lock();
        try {
            if (window.putIfAbsent(fresh) != null) {
                left(window);
                return null;
            }
            await(fresh);
            return fresh;
        } catch (RuntimeException | Error e) {
            // Out of memory: no thread may find the counter locked for ever.
            byDue.remove(fresh.due());
            drop(fresh);
            fresh.unlock();
            throw e;
        }
    }

    private void left(WindowCounters window) {
        bounds.leaveCounter();
        close(window);
    }

    /** Gives a place in a window back. The thread that gives back the last place removes the window. */
    private void close(WindowCounters window) {
        if (window.leave()) {
            windows.remove(window.name(), window);
        }
    }

    /** Unlocks a counter, and removes it if there is nothing to keep: a denial must not cost memory. */
    void release(StoredCounter tally) {
        try {
            if (tally.isBlank()) {
                byDue.remove(tally.due());
                drop(tally);
            }
        } finally {
            tally.unlock();
        }
    }

    /** Checks at most a number of counters whose time has come, and removes those that have expired. */
    void forget(long nowMillis, int most) {
        long due = firstDue.get();
        if (nowMillis < due) {
            return;
        }
        Instant now = Instant.ofEpochMilli(nowMillis);
        for (int i = 0; i < most; i++) {
            Map.Entry<Due, StoredCounter> first = byDue.firstEntry();
            if (first == null || first.getKey().at().isAfter(now)) {
                // A counter added in between is found by the second look, or its thread sets the number itself.
                firstDue.compareAndSet(
                        due, first == null ? Long.MAX_VALUE : first.getKey().millis());
                first = byDue.firstEntry();
                if (first != null) {
                    firstDue.accumulateAndGet(first.getKey().millis(), Math::min);
                }
                return;
            }
            StoredCounter tally = first.getValue();
            tally.lock();
            try {
                if (byDue.remove(first.getKey(), tally)) {
                    forgetIfExpired(tally, now);
                }
            } finally {
                tally.unlock();
            }
        }
    }

    /** Returns the number of counters. */
    int size() {
        return windows.values().stream().mapToInt(WindowCounters::size).sum();
    }

    /** Returns the counters that match a query, those with the highest usage first. */
    List<ListedCounter> list(CounterQuery query) {
        PriorityQueue<ListedCounter> most = new PriorityQueue<>(Comparator.comparingLong(ListedCounter::used));
        for (WindowCounters window : windows.values()) {
            for (StoredCounter tally : window.all()) {
                ListedCounter listed = listed(tally);
                if (listed == null) {
                    continue;
                }
                if (!query.matches(listed.counter())) {
                    // No other counter of this window matches either.
                    break;
                }
                most.add(listed);
                if (most.size() > query.max()) {
                    most.remove();
                }
            }
        }
        List<ListedCounter> all = new ArrayList<>(most);
        all.sort(Comparator.comparingLong(ListedCounter::used).reversed());
        return all;
    }

    private static @Nullable ListedCounter listed(StoredCounter tally) {
        tally.lock();
        try {
            return tally.isGone() || tally.used() == 0 ? null : new ListedCounter(tally.counter(), tally.used());
        } finally {
            tally.unlock();
        }
    }

    /** Returns the number of windows. */
    int windows() {
        return windows.size();
    }

    void clear() {
        windows.values().forEach(WindowCounters::clear);
        windows.clear();
        byDue.clear();
    }

    private void await(StoredCounter tally) {
        Due due = tally.due();
        byDue.put(due, tally);
        firstDue.accumulateAndGet(due.millis(), Math::min);
    }

    private void forgetIfExpired(StoredCounter tally, Instant now) {
        if (tally.expires().isAfter(now)) {
            tally.due(new Due(tally.expires(), tally.due().number()));
            await(tally);
        } else {
            drop(tally);
        }
    }

    private void drop(StoredCounter tally) {
        tally.leave();
        bounds.leaveOperations(tally.answers());
        tally.window().remove(tally);
        left(tally.window());
    }
}
