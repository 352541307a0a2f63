package dev.ratelimit.core.internal.concurrency;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Heap of the slots of one stripe that have a deadline, the earliest first. Each slot knows its position in this binary
 * heap, so that a slot that is closed in time is removed without a search.
 *
 * <p>Deadlines are mostly added in their order, and then adding costs one comparison. {@link #reserve} allocates the
 * memory for one more before anything changes, so adding and removing cannot fail. Guarded by the stripe's lock.
 *
 * <p>It is not the heap of the timers, which keeps the instants of up to a million timers in an array of their own: a
 * stripe has few slots, whose deadlines stand in themselves, and shrinks its heap as they close.
 */
final class Deadlines {

    private static final int SMALLEST = 8;

    private final AllocationProbe memory;
    private @Nullable Slot[] heap = new @Nullable Slot[SMALLEST];
    private int size;

    Deadlines(AllocationProbe memory) {
        this.memory = memory;
    }

    int size() {
        return size;
    }

    /** Returns the slot with the earliest deadline, if there is one. */
    @Nullable
    Slot first() {
        return heap[0];
    }

    /** Makes room for one more. If there is no memory for it, nothing changes. */
    void reserve() {
        if (size == heap.length) {
            resize(2 * size);
        }
    }

    /** Adds a slot that is not in the heap. The caller has made room for it. */
    void add(Slot slot) {
        siftUp(size++, slot);
    }

    /** Removes a slot; does nothing if it is not in the heap. */
    void remove(Slot slot) {
        int place = slot.place;
        if (place == Slot.NOWHERE) {
            return;
        }
        slot.place = Slot.NOWHERE;
        Slot last = at(--size);
        heap[size] = null;
        if (place < size) {
            siftDown(place, last);
            if (last.place == place) {
                siftUp(place, last);
            }
        }
        if (heap.length > SMALLEST && size < heap.length / 4) {
            shrink();
        }
    }

    private void shrink() {
        try {
            resize(heap.length / 2);
        } catch (OutOfMemoryError e) {
            // The larger heap works as well, and the next removal tries again.
        }
    }

    private void resize(int length) {
        memory.ask();
        heap = Arrays.copyOf(heap, length);
    }

    private void siftUp(int from, Slot slot) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            if (!isBefore(slot, at(parent))) {
                break;
            }
            put(place, at(parent));
            place = parent;
        }
        put(place, slot);
    }

    private void siftDown(int from, Slot slot) {
        int place = from;
        while (2 * place + 1 < size) {
            int child = 2 * place + 1;
            if (child + 1 < size && isBefore(at(child + 1), at(child))) {
                child++;
            }
            if (!isBefore(at(child), slot)) {
                break;
            }
            put(place, at(child));
            place = child;
        }
        put(place, slot);
    }

    private void put(int place, Slot slot) {
        heap[place] = slot;
        slot.place = place;
    }

    @SuppressWarnings("NullAway") // every position below the size is occupied
    private Slot at(int place) {
        return heap[place];
    }

    /** Compares by the difference, because the time may wrap. */
    private static boolean isBefore(Slot slot, Slot other) {
        return slot.deadline - other.deadline < 0;
    }
}
