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
 * The tallies of all counters, by window and subject, and by when they may be forgotten.
 *
 * <p>A tally is found in the map, locked, and asked whether it is still there: whoever takes one out of the map holds
 * its lock, and marks it. So there is one lock for each counter, and none for all. The order by time is touched only
 * where a tally comes or goes; each tally stands in it once, by its {@link StoredCounter#due()}, and that changes under its
 * lock. A counter whose life has been prolonged is put back when its first time has come.
 */
final class StoredCounters {

    /** A place in the order by time; numbers tell those of one instant apart. */
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

    /** The earliest of them in milliseconds, or earlier: so that a look at a number tells that nothing has expired. */
    private final AtomicLong firstDue = new AtomicLong(Long.MAX_VALUE);

    StoredCounters(MemoryBounds bounds) {
        this.bounds = bounds;
    }

    /** The tally of a counter, locked; made if need be. Throws {@link MemoryBounds.NoRoom} if there is no place for it. */
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

    /** The tally of a counter, locked, or null if it was never touched. */
    @Nullable
    StoredCounter lockedIfThere(Counter counter) {
        return lockedIfThere(WindowCounters.Name.of(counter), counter.subject());
    }

    /** The same, by window and subject. */
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

    /** A new tally, locked; null if another was quicker, or the window has been closed. */
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
            // No memory: nobody may find it locked for ever.
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

    /** Leaves a window, which is closed by the last who does. */
    private void close(WindowCounters window) {
        if (window.leave()) {
            windows.remove(window.name(), window);
        }
    }

    /** Unlocks a tally, and drops it if there is nothing to be kept: a denial must not cost memory. */
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

    /** Looks at no more than so many tallies whose time has come, and drops them. */
    void forget(long nowMillis, int most) {
        long due = firstDue.get();
        if (nowMillis < due) {
            return;
        }
        Instant now = Instant.ofEpochMilli(nowMillis);
        for (int i = 0; i < most; i++) {
            Map.Entry<Due, StoredCounter> first = byDue.firstEntry();
            if (first == null || first.getKey().at().isAfter(now)) {
                // One that comes in between is found by the second look, or sets the number itself.
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

    /** How many there are. */
    int size() {
        return windows.values().stream().mapToInt(WindowCounters::size).sum();
    }

    /** The counters that a query is for, those that show most first. */
    List<ListedCounter> list(CounterQuery query) {
        PriorityQueue<ListedCounter> most = new PriorityQueue<>(Comparator.comparingLong(ListedCounter::used));
        for (WindowCounters window : windows.values()) {
            for (StoredCounter tally : window.all()) {
                ListedCounter listed = listed(tally);
                if (listed == null) {
                    continue;
                }
                if (!query.matches(listed.counter())) {
                    // Nor does any other of this window.
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

    /** How many windows there are. */
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
