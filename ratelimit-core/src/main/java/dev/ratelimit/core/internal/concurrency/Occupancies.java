package dev.ratelimit.core.internal.concurrency;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The occupancies of one stripe by fingerprint: a hash table that grows with them, and shrinks with them.
 *
 * <p>The fingerprint is the key itself, so nothing is boxed and nothing compared but 64 bits. Memory for one more is
 * asked for apart ({@link #reserve}), before anything changes; adding and removing cannot fail. Guarded by the stripe's
 * lock.
 */
final class Occupancies {

    private static final int SMALLEST = 8;

    /** Between growing and shrinking lies a factor of eight, so that no key at the border pays for both in turn. */
    private static final int SPARSE = 8;

    private final AllocationProbe memory;
    private @Nullable Occupancy[] buckets = new @Nullable Occupancy[SMALLEST];
    private int size;

    Occupancies(AllocationProbe memory) {
        this.memory = memory;
    }

    int size() {
        return size;
    }

    /** How many buckets are allocated. */
    int capacity() {
        return buckets.length;
    }

    @Nullable
    Occupancy find(long fingerprint) {
        Occupancy found = buckets[bucket(fingerprint)];
        while (found != null && found.fingerprint != fingerprint) {
            found = found.next;
        }
        return found;
    }

    /** Makes room for one more; if there is no memory for it, nothing has changed. */
    void reserve() {
        if (size == buckets.length) {
            resize(2 * size);
        }
    }

    /** Adds the occupancy of a key that has none; there is room for it. */
    void add(Occupancy added) {
        link(added);
        size++;
    }

    /** Removes an occupancy that is in here. */
    void remove(Occupancy removed) {
        int bucket = bucket(removed.fingerprint);
        Occupancy before = null;
        Occupancy at = buckets[bucket];
        while (at != null && at.fingerprint != removed.fingerprint) {
            before = at;
            at = at.next;
        }
        if (before == null) {
            buckets[bucket] = removed.next;
        } else {
            before.next = removed.next;
        }
        removed.next = null;
        size--;
        if (buckets.length > SMALLEST && size < buckets.length / SPARSE) {
            shrink();
        }
    }

    /** Those for whose slots somebody waits. */
    List<Occupancy> awaited() {
        List<Occupancy> awaited = new ArrayList<>();
        for (Occupancy head : buckets) {
            for (Occupancy at = head; at != null; at = at.next) {
                if (at.waiting() > 0) {
                    awaited.add(at);
                }
            }
        }
        return awaited;
    }

    private void shrink() {
        try {
            resize(buckets.length / 2);
        } catch (OutOfMemoryError e) {
            // The larger table serves as well; the next removal tries again.
        }
    }

    private void resize(int length) {
        memory.ask();
        @Nullable Occupancy[] old = buckets;
        buckets = new @Nullable Occupancy[length];
        for (Occupancy head : old) {
            Occupancy at = head;
            while (at != null) {
                Occupancy next = at.next;
                link(at);
                at = next;
            }
        }
    }

    private void link(Occupancy occupancy) {
        int bucket = bucket(occupancy.fingerprint);
        occupancy.next = buckets[bucket];
        buckets[bucket] = occupancy;
    }

    private int bucket(long fingerprint) {
        // Not the bits that chose the stripe, which are the same for all that are in here.
        return (Slots.mix(fingerprint) >>> Slots.STRIPE_BITS) & (buckets.length - 1);
    }
}
