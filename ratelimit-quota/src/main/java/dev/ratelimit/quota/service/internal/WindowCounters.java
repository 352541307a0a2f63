package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.Counter;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The tallies of one window, by subject: so that a counter is found without making its name.
 *
 * <p>Whoever adds one enters before, and leaves once it is taken out. When the last has left, it is closed for good,
 * and is to be replaced: so that no window stays for ever.
 */
final class WindowCounters {

    /** What tells one window from others: of which quota, its length and start. */
    record Name(String quota, String window) {

        static Name of(Counter counter) {
            return new Name(counter.quota(), counter.window());
        }
    }

    private static final int CLOSED = -1;

    private final Name name;
    private final MemoryBounds bounds;
    private final ConcurrentHashMap<String, StoredCounter> bySubject = new ConcurrentHashMap<>();
    private final AtomicInteger entered = new AtomicInteger();

    WindowCounters(Name name, MemoryBounds bounds) {
        this.name = name;
        this.bounds = bounds;
    }

    /** The bounds of the whole store. */
    MemoryBounds bounds() {
        return bounds;
    }

    Name name() {
        return name;
    }

    @Nullable
    StoredCounter get(String subject) {
        return bySubject.get(subject);
    }

    @Nullable
    StoredCounter putIfAbsent(StoredCounter tally) {
        return bySubject.putIfAbsent(tally.subject(), tally);
    }

    void remove(StoredCounter tally) {
        bySubject.remove(tally.subject(), tally);
    }

    /** Makes place for one more; false if it is closed. */
    boolean enter() {
        int before = entered.get();
        while (before != CLOSED && !entered.compareAndSet(before, before + 1)) {
            before = entered.get();
        }
        return before != CLOSED;
    }

    /** Gives a place back; whether it is closed by that. */
    boolean leave() {
        return entered.decrementAndGet() == 0 && entered.compareAndSet(0, CLOSED);
    }

    /** All of them, which may come and go meanwhile. */
    Collection<StoredCounter> all() {
        return bySubject.values();
    }

    int size() {
        return bySubject.size();
    }

    void clear() {
        bySubject.clear();
    }
}
