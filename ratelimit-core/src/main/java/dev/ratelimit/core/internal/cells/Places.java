package dev.ratelimit.core.internal.cells;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The places of a table: pairs of a fingerprint and a cell side by side in one array, in sets of eight.
 *
 * <p>A place is named by the index of its fingerprint; its cell is next to it. Only the order of reads and writes is
 * settled here; what they mean is {@link CellTable}'s.
 */
final class Places {

    /** No place. */
    static final int NONE = -1;

    /** From one place to the next. */
    static final int STEP = 2;

    private static final int WAYS = 8;

    /** From the first place of a set to behind its last. */
    static final int SET_END = WAYS * STEP;

    /**
     * Words before the first set. A large array's data starts 16 bytes behind a cache line's start (the collector's
     * regions are aligned, and the array's header takes 16), so that six more words put each set on two full lines.
     */
    private static final int LEAD = 6;

    /** The fingerprint of a place that was never used. */
    private static final long UNUSED = 0;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words;
    private final long sets;

    /** Creates half as many places again as keys, so that two sets full of keys in debt are rare. */
    Places(int keys) {
        sets = (keys + keys / 2L + WAYS - 1) / WAYS;
        words = new long[Math.toIntExact(LEAD + sets * SET_END)];
    }

    /** Any 64 bits made a fingerprint, which is never that of an unused place. */
    static long fingerprint(long hash) {
        return hash == UNUSED ? 1 : hash;
    }

    /** The first place of the set where a key stands if it can: its upper half, multiplied into the number of sets. */
    int home(long fingerprint) {
        return LEAD + (int) (((fingerprint >>> 32) * sets) >>> 32) * SET_END;
    }

    /** The first place of the set where a key stands if its home is full: as its home, of the lower half. */
    int secondHome(long fingerprint) {
        return LEAD + (int) (((fingerprint & 0xFFFF_FFFFL) * sets) >>> 32) * SET_END;
    }

    int first() {
        return LEAD;
    }

    int end() {
        return words.length;
    }

    /** The place of a key, as far as can be seen. */
    int find(long fingerprint) {
        int place = findIn(home(fingerprint), fingerprint);
        return place == NONE ? findIn(secondHome(fingerprint), fingerprint) : place;
    }

    private int findIn(int set, long fingerprint) {
        for (int place = set; place < set + SET_END; place += STEP) {
            if ((long) WORD.getOpaque(words, place) == fingerprint) {
                return place;
            }
        }
        return NONE;
    }

    long cell(int place) {
        return (long) WORD.getVolatile(words, place + 1);
    }

    /** Whether a cell that has just been read is this key's. */
    boolean isOwned(int place, long cell, long fingerprint) {
        return Cell.number(cell) != Cell.HAND_OVER && (long) WORD.getVolatile(words, place) == fingerprint;
    }

    boolean exchange(int place, long before, long after) {
        return WORD.compareAndSet(words, place + 1, before, after);
    }

    /** Gives a place that is marked to a new owner: its fingerprint, then its cell. */
    void handOver(int place, long fingerprint, long cell) {
        WORD.setVolatile(words, place, fingerprint);
        WORD.setRelease(words, place + 1, cell);
    }
}
