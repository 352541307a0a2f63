package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.Counter;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The counters of one window, by subject, so that a counter is found without making its name.
 *
 * <p>A thread takes a place before it adds a counter, and gives the place back after the counter is removed. When the
 * last place is given back, the window is closed for good, and must be replaced. So no window stays for ever.
 */
final class WindowCounters {

    /** The identity of a window: its quota, its length and its start. */
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

    /** Returns the bounds of the whole store. */
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

    /** Takes a place for one more counter. Returns false if the window is closed. */
    boolean enter() {
        int before = entered.get();
        while (before != CLOSED && !entered.compareAndSet(before, before + 1)) {
            before = entered.get();
        }
        return before != CLOSED;
    }

    /** Gives a place back. Returns whether that closed the window. */
    boolean leave() {
        return entered.decrementAndGet() == 0 && entered.compareAndSet(0, CLOSED);
    }

    /** Returns all counters. Others may be added or removed meanwhile. */
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
