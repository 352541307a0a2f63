package dev.ratelimit.core.internal.waiting;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Timers in the order of the instants at which to look at them, as a heap in which each has four children.
 *
 * <p>The first is at hand; adding, and removing from anywhere, take steps in the logarithm of the number: at a million, ten
 * levels. Instants stand in an array of their own, so that the four that are compared share a cache line, and no timer
 * is touched but those that move. A timer knows its place, so that a cancelled one is found without a search.
 *
 * <p>A slot is 12 bytes. The arrays grow by half when they are full. Not thread-safe.
 */
final class TimerHeap {

    /** The place of a timer that is in no heap. */
    static final int NONE = -1;

    private static final int SMALLEST = 64;
    private static final int LOG_CHILDREN = 2;

    private @Nullable Timer[] timers = new @Nullable Timer[SMALLEST];
    private long[] instants = new long[SMALLEST];
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** The first instant, or {@link Long#MAX_VALUE} if there is none. */
    long earliest() {
        return size == 0 ? Long.MAX_VALUE : instants[0];
    }

    /** The instant after the first, or {@link Long#MAX_VALUE} if there is none. */
    long second() {
        int child = earliestChild(0);
        return child == NONE ? Long.MAX_VALUE : instants[child];
    }

    /** The first; there is one. */
    Timer first() {
        return at(0);
    }

    /** Makes sure that the next timer can be added without memory for it. */
    void reserve() {
        if (size == instants.length) {
            resize(size + (size >> 1));
        }
    }

    /** Gives back memory, if most of it is not used. */
    void trim() {
        if (instants.length > SMALLEST && size < instants.length / 4) {
            resize(Math.max(SMALLEST, size + (size >> 1)));
        }
    }

    void add(Timer timer, long instant) {
        reserve();
        size++;
        moveUp(size - 1, timer, instant);
    }

    /** Removes the first; there is one. */
    Timer removeFirst() {
        Timer first = at(0);
        remove(first);
        return first;
    }

    /** Removes a timer, if it is in the heap. */
    void remove(Timer timer) {
        int place = timer.place;
        if (place == NONE) {
            return;
        }
        timer.place = NONE;
        size--;
        Timer last = at(size);
        timers[size] = null;
        if (last != timer) {
            long instant = instants[size];
            if (place > 0 && instant < instants[parent(place)]) {
                moveUp(place, last, instant);
            } else {
                moveDown(place, last, instant);
            }
        }
    }

    private void moveUp(int from, Timer timer, long instant) {
        int place = from;
        while (place > 0 && instant < instants[parent(place)]) {
            put(place, at(parent(place)), instants[parent(place)]);
            place = parent(place);
        }
        put(place, timer, instant);
    }

    private void moveDown(int from, Timer timer, long instant) {
        int place = from;
        int child = earliestChild(place);
        while (child != NONE && instants[child] < instant) {
            put(place, at(child), instants[child]);
            place = child;
            child = earliestChild(place);
        }
        put(place, timer, instant);
    }

    private int earliestChild(int place) {
        long first = ((long) place << LOG_CHILDREN) + 1;
        if (first >= size) {
            return NONE;
        }
        int earliest = (int) first;
        int end = (int) Math.min(first + (1 << LOG_CHILDREN), size);
        for (int child = earliest + 1; child < end; child++) {
            if (instants[child] < instants[earliest]) {
                earliest = child;
            }
        }
        return earliest;
    }

    private static int parent(int place) {
        return (place - 1) >> LOG_CHILDREN;
    }

    private void put(int place, Timer timer, long instant) {
        timers[place] = timer;
        instants[place] = instant;
        timer.place = place;
    }

    private Timer at(int place) {
        Timer timer = timers[place];
        if (timer == null) {
            throw new IllegalStateException("no timer at place " + place + " of " + size);
        }
        return timer;
    }

    /** Nothing has changed if there is no memory for it. */
    private void resize(int length) {
        @Nullable Timer[] moreTimers = Arrays.copyOf(timers, length);
        instants = Arrays.copyOf(instants, length);
        timers = moreTimers;
    }
}
