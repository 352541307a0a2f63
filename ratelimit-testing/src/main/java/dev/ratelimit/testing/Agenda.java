package dev.ratelimit.testing;

import java.util.TreeSet;

/** Tasks in the order of their instants, those of one instant in the order in which they came. Not thread-safe. */
final class Agenda {

    private final TreeSet<Entry> entries = new TreeSet<>(Agenda::order);
    private long number;

    /** A task, its instant, and how many came before it. */
    record Entry(long due, long number, Runnable task) {}

    Entry add(long due, Runnable task) {
        Entry entry = new Entry(due, number++, task);
        entries.add(entry);
        return entry;
    }

    /** Returns whether the entry was still there. */
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

    /** By differences, because readings may wrap; all that are left lie within 292 years after the time. */
    private static int order(Entry one, Entry other) {
        long difference = one.due - other.due;
        return difference == 0 ? Long.compare(one.number, other.number) : Long.signum(difference);
    }
}
