package dev.ratelimit.testing;

import java.util.TreeSet;

/**
 * Queue of tasks in the order of their instants. Tasks of the same instant are in the order in which they were
 * scheduled. Not thread-safe.
 */
final class Agenda {

    private final TreeSet<Entry> entries = new TreeSet<>(Agenda::order);
    private long number;

    /** A task, its instant, and the number of tasks scheduled before it. */
    record Entry(long due, long number, Runnable task) {}

    Entry add(long due, Runnable task) {
        Entry entry = new Entry(due, number++, task);
        entries.add(entry);
        return entry;
    }

    /** Removes an entry; returns whether it was still scheduled. */
    boolean remove(Entry entry) {
        return entries.remove(entry);
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    Entry first() {
        return entries.first();
    }

    int size() {
        return entries.size();
    }

    /**
     * Compares by differences, because readings may wrap. All scheduled instants lie within 292 years after the current
     * time.
     */
    private static int order(Entry one, Entry other) {
        long difference = one.due - other.due;
        return difference == 0 ? Long.compare(one.number, other.number) : Long.signum(difference);
    }
}
