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

    /** How many answers in a row were not for the cache; null for none. */
    default @Nullable UncacheableMarker marker() {
        return null;
    }

    /**
     * A value.
     *
     * @param bornAt when the value was made
     * @param freshUntil to when it is a hit
     * @param renewUntil to when it may be used while it is renewed
     * @param errorUntil to when it may be used if that fails
     * @param validateUntil to when a loader may validate it
     * @param order the order of the load that has brought it
     * @param trouble what has gone wrong since; null for nothing
     */
    record Entry<V>(
            V value,
            long bornAt,
            long freshUntil,
            long renewUntil,
            long errorUntil,
            long validateUntil,
            long order,
            Set<String> tags,
            int weight,
            @Nullable Trouble trouble)
            implements Slot<V> {

        @Override
        public long keptUntil() {
            return later(usableUntil(), validateUntil);
        }

        /** The instant from which no caller may be given it without a load. */
        long usableUntil() {
            return later(freshUntil, later(renewUntil, errorUntil));
        }

        @Override
        public @Nullable UncacheableMarker marker() {
            return trouble == null ? null : trouble.marker();
        }

        boolean isFresh(long now) {
            return now - freshUntil < 0;
        }

        boolean isUsableWhileRenewed(long now) {
            return now - renewUntil < 0;
        }

        boolean isUsable(long now) {
            return now - usableUntil() < 0;
        }

        boolean isUsableOnError(long now) {
            return now - errorUntil < 0;
        }

        boolean isBackingOff(long now) {
            return trouble != null && trouble.failures() > 0 && now - trouble.retryAt() < 0;
        }

        /** Whether it is of the same load, so that at most its trouble differs. */
        boolean isSame(Entry<V> other) {
            return order == other.order;
        }

        int failures() {
            return trouble == null ? 0 : trouble.failures();
        }

        /** Whether it is a hit for a caller. */
        boolean isHit(ReadOptions options, long now) {
            return freshUntil - now >= options.minFreshNanos() && now - bornAt <= options.maxAgeNanos();
        }

        /** Whether it is young enough for a caller, stays fresh for long enough, and is not stale for too long. */
        boolean suits(ReadOptions options, long now) {
            long stale = now - freshUntil;
            return age(now) <= options.maxAgeNanos()
                    && stale <= options.maxStaleNanos()
                    && (options.minFreshNanos() <= 1 || -stale >= options.minFreshNanos());
        }

        long age(long now) {
            return Math.max(0, now - bornAt);
        }

        Entry<V> failedUntil(long nextTry) {
            return with(new Trouble(failures() + 1, nextTry, marker()));
        }

        /** The backend has answered, so it does not fail; but the answer was not for the cache. */
        Entry<V> marked(@Nullable UncacheableMarker marker) {
            return with(marker == null ? null : new Trouble(0, 0, marker));
        }

        private Entry<V> with(@Nullable Trouble next) {
            return new Entry<>(
                    value, bornAt, freshUntil, renewUntil, errorUntil, validateUntil, order, tags, weight, next);
        }

        /** A value that is given to a caller, and not kept. */
        static <V> Entry<V> passing(V value, long bornAt, long now) {
            return new Entry<>(value, bornAt, now, now, now, now, 0, Set.of(), 0, null);
        }
    }

    /**
     * What has gone wrong since a value was kept.
     *
     * @param failures how often renewing it has failed in a row
     * @param retryAt if it has, when to try again
     */
    record Trouble(int failures, long retryAt, @Nullable UncacheableMarker marker) {}

    /** A failure of a type that is remembered. */
    record Failure<V>(
            LoadFailedException.Reason reason, @Nullable Throwable cause, long keptUntil, int weight)
            implements Slot<V> {}

    /** There is no value, and the last answers were not for the cache. */
    record Uncacheable<V>(UncacheableMarker marker, int weight) implements Slot<V> {

        @Override
        public long keptUntil() {
            return marker.until();
        }
    }

    /**
     * The values of this key depend on what is named here: each lies by the key of its variant.
     *
     * @param generation a part of the variants' keys: once this is forgotten, nobody finds them any more
     * @param floor the order of the last load of which a value may have been hidden by these names: no older one is kept
     * @param variants those that are kept
     */
    record Varying<V>(List<String> names, long generation, long floor, long keptUntil, Variants variants, int weight)
            implements Slot<V> {}

    static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }
}
