package dev.ratelimit.core.internal.waiting;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Heap of timers in the order of the instants at which to check them. Each node has four children.
 *
 * <p>Reading the first takes constant time. Adding and removing any timer take logarithmic time: ten levels for a
 * million timers. Instants are in a separate array, so that the four compared instants share a cache line, and only
 * timers that move are accessed. A timer knows its position, so that a cancelled one is found without a search.
 *
 * <p>A slot is 12 bytes. The arrays grow by half when they are full. Not thread-safe.
 */
final class TimerHeap {

    /** The position of a timer that is in no heap. */
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

    /** Returns the first instant, or {@link Long#MAX_VALUE} if there is none. */
    long earliest() {
        return size == 0 ? Long.MAX_VALUE : instants[0];
    }

    /** Returns the instant after the first, or {@link Long#MAX_VALUE} if there is none. */
    long second() {
        int child = earliestChild(0);
        return child == NONE ? Long.MAX_VALUE : instants[child];
    }

    /** Returns the first timer. The heap is not empty. */
    Timer first() {
        return at(0);
    }

    /** Allocates memory for the next timer, so that adding it cannot fail. */
    void reserve() {
        if (size == instants.length) {
            resize(size + (size >> 1));
        }
    }

    /** Releases memory, if most of it is unused. */
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

    /** Removes and returns the first timer. The heap is not empty. */
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

    /** If there is no memory for it, nothing changes. */
    private void resize(int length) {
        @Nullable Timer[] moreTimers = Arrays.copyOf(timers, length);
        instants = Arrays.copyOf(instants, length);
        timers = moreTimers;
    }
}
