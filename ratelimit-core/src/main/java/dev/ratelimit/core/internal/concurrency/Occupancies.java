package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.core.internal.stripes.Striping;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hash table of the occupancies of one stripe by fingerprint, which grows and shrinks with their number.
 *
 * <p>The fingerprint itself is the key, so nothing is boxed, and a comparison is one of 64 bits. {@link #reserve}
 * allocates the memory for one more before anything changes, so adding and removing cannot fail. Guarded by the
 * stripe's lock.
 */
final class Occupancies {

    private static final int SMALLEST = 8;

    /** A factor of eight between growing and shrinking prevents a single key from causing both in turn. */
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

    /** Returns the number of allocated buckets. */
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

    /** Makes room for one more. If there is no memory for it, nothing changes. */
    void reserve() {
        if (size == buckets.length) {
            resize(2 * size);
        }
    }

    /** Adds the occupancy of a key that has none. The caller has made room for it. */
    void add(Occupancy added) {
        link(added);
        size++;
    }

    /** Removes an occupancy that is in the table. */
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

    /** Returns the occupancies with waiting calls. */
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
            // The larger table works as well, and the next removal tries again.
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
        // Not the bits that chose the stripe, which are the same for all entries of this table.
        return (Striping.mix(fingerprint) >>> Striping.BITS) & (buckets.length - 1);
    }
}
