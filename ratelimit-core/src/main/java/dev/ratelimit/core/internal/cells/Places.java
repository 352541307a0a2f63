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
     * Words before the first set. A large array starts where a region of the collector does, and its header takes 16
     * bytes, so that fourteen more words put each set on two full cache lines that processors fetch as a pair.
     */
    private static final int LEAD = 14;

    /** The first place. */
    static final int FIRST = LEAD;

    /** The fingerprint of a place that was never used. */
    private static final long UNUSED = 0;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words;
    private final long sets;

    /** A bit for each set: whether keys whose home it is may stand in their second set. */
    private final long[] overflown;

    /** Creates half as many places again as keys, so that two sets full of keys in debt are rare. */
    Places(int keys) {
        sets = (keys + keys / 2L + WAYS - 1) / WAYS;
        words = new long[Math.toIntExact(LEAD + sets * SET_END)];
        overflown = new long[(int) (sets / Long.SIZE) + 1];
    }

    /** Any 64 bits made a fingerprint, which is never that of an unused place. */
    static long fingerprint(long hash) {
        return hash == UNUSED ? 1 : hash;
    }

    /** The first place of the set where a key stands if it can. */
    int home(long fingerprint) {
        return LEAD + homeSet(fingerprint) * SET_END;
    }

    /** The first place of the set where a key stands if its home is full. */
    int secondHome(long fingerprint) {
        // As the home, of the lower half.
        return LEAD + (int) (((fingerprint & 0xFFFF_FFFFL) * sets) >>> 32) * SET_END;
    }

    /** The upper half, multiplied into the number of sets, which need not be a power of two. */
    private int homeSet(long fingerprint) {
        return (int) (((fingerprint >>> 32) * sets) >>> 32);
    }

    private boolean isAtHome(int place, long fingerprint) {
        int home = home(fingerprint);
        return place >= home && place < home + SET_END;
    }

    /** The places as they are kept: at the index of a place its fingerprint, at the next its cell. */
    long[] words() {
        return words;
    }

    int begin() {
        return LEAD;
    }

    int end() {
        return words.length;
    }

    /**
     * The place of a key, as far as can be seen. The second set is looked at only if a key has ever gone there: the bit
     * for that is hot in the cache where the set is not.
     */
    int find(long fingerprint) {
        int set = homeSet(fingerprint);
        int place = findIn(LEAD + set * SET_END, fingerprint);
        return place == NONE && hasOverflown(set) ? findIn(secondHome(fingerprint), fingerprint) : place;
    }

    /**
     * Reads without order, which lets the compiler look at all eight places at once: what it finds, the caller confirms
     * ({@link #isOwned}); what it misses because it looked too early, the lock of insertions tells.
     */
    private int findIn(int set, long fingerprint) {
        long[] w = words;
        for (int place = set; place < set + SET_END; place += STEP) {
            if (w[place] == fingerprint) {
                return place;
            }
        }
        return NONE;
    }

    /** The place at home where a key stands if it can, so that one look mostly does. */
    int first(long fingerprint) {
        return home(fingerprint) + start(fingerprint);
    }

    /** Whether a place is a key's, as far as can be seen. */
    boolean holds(int place, long fingerprint) {
        return words[place] == fingerprint;
    }

    /** Where in its sets a key stands if it can: by bits that choose neither. */
    static int start(long fingerprint) {
        return (int) (fingerprint >>> 7) & (SET_END - STEP);
    }

    private boolean hasOverflown(int set) {
        return ((long) WORD.getAcquire(overflown, set >>> 6) & (1L << set)) != 0;
    }

    /** Makes the second set of a key be looked at, for good: a second look is cheaper than to know when it was the last. */
    private void overflow(long fingerprint) {
        int set = homeSet(fingerprint);
        if (!hasOverflown(set)) {
            WORD.getAndBitwiseOr(overflown, set >>> 6, 1L << set);
        }
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
        if (!isAtHome(place, fingerprint)) {
            overflow(fingerprint);
        }
        WORD.setRelease(words, place, fingerprint);
        WORD.setRelease(words, place + 1, cell);
    }
}
