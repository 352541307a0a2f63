package dev.ratelimit.core.internal.cells;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The places of a table: pairs of a fingerprint and a cell side by side in one array, in sets of eight.
 *
 * <p>A place is identified by the index of its fingerprint, and its cell is next to it. This class defines only the
 * order of reads and writes. {@link Charges} defines their meaning.
 */
final class Places {

    /** No place. */
    static final int NONE = -1;

    /** The distance from one place to the next. */
    static final int STEP = 2;

    private static final int WAYS = 8;

    /** The distance from the first place of a set to the place behind its last. */
    static final int SET_END = WAYS * STEP;

    /**
     * The words before the first set. A large array starts at a region of the garbage collector, and its header takes
     * 16 bytes. So fourteen more words align each set to two full cache lines, which processors fetch as a pair.
     */
    private static final int LEAD = 14;

    /** The first place. */
    static final int FIRST = LEAD;

    /** The fingerprint of a place that was never used. */
    private static final long UNUSED = 0;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words;
    private final long sets;

    /** One bit for each set: whether keys whose home it is may be in their second set. */
    private final long[] overflown;

    /** Creates 1.5 times as many places as keys, so that two sets full of keys in debt are rare. */
    Places(int keys) {
        sets = (keys + keys / 2L + WAYS - 1) / WAYS;
        words = new long[Math.toIntExact(LEAD + sets * SET_END)];
        overflown = new long[(int) (sets / Long.SIZE) + 1];
    }

    /** Returns the fingerprint for 64 bits of hash. It is never that of an unused place. */
    static long fingerprint(long hash) {
        return hash == UNUSED ? 1 : hash;
    }

    /** Returns the first place of the home set of a key. */
    int home(long fingerprint) {
        return LEAD + homeSet(fingerprint) * SET_END;
    }

    /** Returns the first place of the second set of a key, which it uses if its home is full. */
    int secondHome(long fingerprint) {
        // Computed like the home, but from the lower half.
        return LEAD + (int) (((fingerprint & 0xFFFF_FFFFL) * sets) >>> 32) * SET_END;
    }

    /**
     * Returns the index of the home set: the upper half, scaled to the number of sets, which need not be a power of
     * two.
     */
    private int homeSet(long fingerprint) {
        return (int) (((fingerprint >>> 32) * sets) >>> 32);
    }

    private boolean isAtHome(int place, long fingerprint) {
        int home = home(fingerprint);
        return place >= home && place < home + SET_END;
    }

    /** Returns the array of places: at the index of a place is its fingerprint, and at the next index its cell. */
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
     * Returns the place of a key, without a guarantee ({@link #isOwned}). It searches the second set only if a key has
     * ever used it: the bit for this is in the processor's cache when the set is not.
     */
    int find(long fingerprint) {
        int set = homeSet(fingerprint);
        int place = findIn(LEAD + set * SET_END, fingerprint);
        return place == NONE && hasOverflown(set) ? findIn(secondHome(fingerprint), fingerprint) : place;
    }

    /**
     * Reads without ordering, so that the compiler can check all eight places at once. The caller confirms a hit
     * ({@link #isOwned}). The lock of insertions reveals a key that was inserted during the search.
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

    /** Returns the preferred place of a key in its home set. Mostly this is the only place to check. */
    int first(long fingerprint) {
        return home(fingerprint) + start(fingerprint);
    }

    /** Returns whether a place seems to belong to a key. */
    boolean holds(int place, long fingerprint) {
        return words[place] == fingerprint;
    }

    /** Returns the preferred position of a key in its sets, from bits that do not choose the sets. */
    static int start(long fingerprint) {
        return (int) (fingerprint >>> 7) & (SET_END - STEP);
    }

    private boolean hasOverflown(int set) {
        return ((long) WORD.getAcquire(overflown, set >>> 6) & (1L << set)) != 0;
    }

    /**
     * Makes searches check the second set from now on, for ever: a second check is cheaper than knowing when the set is
     * empty again.
     */
    private void overflow(long fingerprint) {
        int set = homeSet(fingerprint);
        if (!hasOverflown(set)) {
            WORD.getAndBitwiseOr(overflown, set >>> 6, 1L << set);
        }
    }

    long cell(int place) {
        return (long) WORD.getVolatile(words, place + 1);
    }

    /** Returns whether a cell that has just been read belongs to a key. */
    boolean isOwned(int place, long cell, long fingerprint) {
        return Cell.number(cell) != Cell.HAND_OVER && (long) WORD.getVolatile(words, place) == fingerprint;
    }

    boolean exchange(int place, long before, long after) {
        return WORD.compareAndSet(words, place + 1, before, after);
    }

    /** Gives a marked place to a new owner: writes the fingerprint, then the cell. */
    void handOver(int place, long fingerprint, long cell) {
        if (!isAtHome(place, fingerprint)) {
            overflow(fingerprint);
        }
        WORD.setRelease(words, place, fingerprint);
        WORD.setRelease(words, place + 1, cell);
    }
}
