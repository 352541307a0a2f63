package dev.ratelimit.cache;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the cache knows of a key. Instants are readings of the cache's time, which may wrap: they are told apart by their
 * differences.
 */
sealed interface Slot<V> {

    /** The instant from which this is of no use to anybody. */
    long keptUntil();

    /** What it counts for the bound on bytes. */
    int weight();

    /**
     * A value.
     *
     * @param bornAt when the value was made
     * @param freshUntil to when it is a hit
     * @param renewUntil to when it may be used while it is renewed
     * @param errorUntil to when it may be used if that fails
     * @param failures how often renewing it has failed in a row
     * @param retryAt if it has, when to try again
     */
    record Entry<V>(
            V value,
            long bornAt,
            long freshUntil,
            long renewUntil,
            long errorUntil,
            Set<String> tags,
            int weight,
            int failures,
            long retryAt)
            implements Slot<V> {

        @Override
        public long keptUntil() {
            return later(freshUntil, later(renewUntil, errorUntil));
        }

        boolean isFresh(long now) {
            return now - freshUntil < 0;
        }

        boolean isUsableWhileRenewed(long now) {
            return now - renewUntil < 0;
        }

        boolean isUsableOnError(long now) {
            return now - errorUntil < 0;
        }

        boolean isBackingOff(long now) {
            return failures > 0 && now - retryAt < 0;
        }

        /** Whether it is young enough for a caller, and not stale for too long. */
        boolean suits(ReadOptions options, long now) {
            return age(now) <= options.maxAgeNanos() && now - freshUntil <= options.maxStaleNanos();
        }

        long age(long now) {
            return Math.max(0, now - bornAt);
        }

        Entry<V> failedUntil(long nextTry) {
            return new Entry<>(value, bornAt, freshUntil, renewUntil, errorUntil, tags, weight, failures + 1, nextTry);
        }

        /** A value that is given to a caller, and not kept. */
        static <V> Entry<V> passing(V value, long bornAt, long now) {
            return new Entry<>(value, bornAt, now, now, now, Set.of(), 0, 0, now);
        }
    }

    /** A failure of a type that is remembered. */
    record Failure<V>(
            LoadFailedException.Reason reason, @Nullable Throwable cause, long keptUntil, int weight)
            implements Slot<V> {}

    /** The answer must not be kept: everybody loads his own. */
    record Uncacheable<V>(long keptUntil, int weight) implements Slot<V> {}

    /**
     * The values of this key depend on what is named here: each lies by the key of its variant.
     *
     * @param generation a part of the variants' keys: once this is forgotten, nobody finds them any more
     */
    record Varying<V>(List<String> names, long generation, long keptUntil, int weight) implements Slot<V> {}

    static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }
}
