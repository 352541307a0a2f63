package dev.ratelimit.core.internal.concurrency;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one stripe that have a deadline, the earliest first: a binary heap in which each slot knows its place,
 * so that one that is closed in time is taken out without a search.
 *
 * <p>Deadlines mostly come in their order; then adding one is a comparison. Memory for one more is asked for apart
 * ({@link #reserve}), before anything changes; adding and removing cannot fail. Guarded by the stripe's lock.
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

    /** The slot with the earliest deadline, if there is one. */
    @Nullable
    Slot first() {
        return heap[0];
    }

    /** Makes room for one more; if there is no memory for it, nothing has changed. */
    void reserve() {
        if (size == heap.length) {
            resize(2 * size);
        }
    }

    /** Adds a slot that is not in; there is room for it. */
    void add(Slot slot) {
        siftUp(size++, slot);
    }

    /** Takes a slot out; does nothing if it is not in. */
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
            // The larger heap serves as well; the next removal tries again.
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

    @SuppressWarnings("NullAway") // below the size every place is taken
    private Slot at(int place) {
        return heap[place];
    }

    /** By the difference, because the time may wrap. */
    private static boolean isBefore(Slot slot, Slot other) {
        return slot.deadline - other.deadline < 0;
    }
}
