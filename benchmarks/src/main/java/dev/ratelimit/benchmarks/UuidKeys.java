package dev.ratelimit.benchmarks;

import java.util.SplittableRandom;
import java.util.UUID;

/** Keys as services have them: strings of 36 characters, the text of random UUIDs drawn from a seed. */
final class UuidKeys {

    private final SplittableRandom random;

    /**
     * Starts a series; equal seeds give equal keys, in strings of their own.
     *
     * @param seed the seed
     */
    UuidKeys(long seed) {
        random = new SplittableRandom(seed);
    }

    /**
     * Returns the next key of the series in a new string.
     *
     * @return the key, which has not been hashed yet
     */
    String next() {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    /**
     * Returns the next keys of the series, each a new string that has its hash code cached.
     *
     * <p>A key that has been looked up before has it; both the map and the limiter are asked with such keys.
     *
     * @param count how many
     * @return the keys
     */
    String[] nextHashed(int count) {
        String[] keys = new String[count];
        int hashes = 0;
        for (int i = 0; i < count; i++) {
            keys[i] = next();
            hashes |= keys[i].hashCode();
        }
        // Looks at the hashes, so that computing them cannot be optimised away.
        if (hashes == 0 && count > 1) {
            throw new AssertionError("all hash codes are zero");
        }
        return keys;
    }
}
