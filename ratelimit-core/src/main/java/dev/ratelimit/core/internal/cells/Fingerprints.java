package dev.ratelimit.core.internal.cells;

import dev.ratelimit.internal.GoldenRatio;

/**
 * The fingerprints of the cells of a key, derived from the fingerprint of the key: one for each rate of its policy, and
 * one for its blackout. Those of different keys and rates differ.
 */
final class Fingerprints {

    /** The salt of blackouts, which is not that of the index of a rate. */
    private static final long BLACKOUT = 0xD1B5_4A32_D192_ED03L;

    private static final long FIRST_FACTOR = 0xBF58_476D_1CE4_E5B9L;
    private static final long SECOND_FACTOR = 0x94D0_49BB_1331_11EBL;

    private Fingerprints() {}

    /** Returns the salt of a rate by its index: zero for the first, whose cell has the fingerprint of the key. */
    static long salt(int index) {
        return index * GoldenRatio.FRACTION;
    }

    /**
     * Returns the fingerprint of the cell of a key at a rate with a salt other than zero.
     *
     * <p>Stafford's thirteenth variant of the mixer of MurmurHash3, which is a bijection.
     */
    static long ofRate(long key, long salt) {
        long mixed = key + salt;
        mixed = (mixed ^ (mixed >>> 30)) * FIRST_FACTOR;
        mixed = (mixed ^ (mixed >>> 27)) * SECOND_FACTOR;
        return Places.fingerprint(mixed ^ (mixed >>> 31));
    }

    /** Returns the fingerprint of the cell of a key's blackout. */
    static long ofBlackout(long key) {
        long mixed = (key ^ BLACKOUT) * FIRST_FACTOR;
        return Places.fingerprint(mixed ^ (mixed >>> 32));
    }
}
