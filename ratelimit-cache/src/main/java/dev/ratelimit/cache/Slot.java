package dev.ratelimit.cache;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The entry of a key: everything that the cache knows of it. Instants are readings of the cache's time, which may wrap,
 * so they are compared by their differences.
 */
sealed interface Slot<V> {

    /** The instant from which no caller can use this slot. */
    long keptUntil();

    /** The bytes that this slot counts. */
    int weight();

    /** The memory of answers in a row that were not cacheable; null for none. */
    default @Nullable UncacheableMarker marker() {
        return null;
    }

    /**
     * A value.
     *
     * @param bornAt when the value was made
     * @param freshUntil until when it is a hit
     * @param renewUntil until when it may be used while the cache renews it
     * @param errorUntil until when it may be used if renewing fails
     * @param validateUntil until when a loader may validate it
     * @param order the order of the load that returned it
     * @param trouble the failures since then; null for none
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

        /** The instant from which no caller may get it without a load. */
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

        /** Whether it is from the same load, so that at most its {@code trouble} differs. */
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

        /** Whether it suits the options: young enough, fresh for long enough, and not stale for too long. */
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

        /**
         * Returns this entry without failures, because the backend has answered, and with a marker, because the answer
         * was not cacheable.
         */
        Entry<V> marked(@Nullable UncacheableMarker marker) {
            return with(marker == null ? null : new Trouble(0, 0, marker));
        }

        private Entry<V> with(@Nullable Trouble next) {
            return new Entry<>(
                    value, bornAt, freshUntil, renewUntil, errorUntil, validateUntil, order, tags, weight, next);
        }

        /** Returns a value that callers get, and that is not kept. */
        static <V> Entry<V> passing(V value, long bornAt, long now) {
            return new Entry<>(value, bornAt, now, now, now, now, 0, Set.of(), 0, null);
        }
    }

    /**
     * The failures since a value was kept.
     *
     * @param failures how often renewing it has failed in a row
     * @param retryAt if it has failed, when to try again
     */
    record Trouble(int failures, long retryAt, @Nullable UncacheableMarker marker) {}

    /** A failure of a type that is remembered. */
    record Failure<V>(
            LoadFailedException.Reason reason, @Nullable Throwable cause, long keptUntil, int weight)
            implements Slot<V> {}

    /** The memory that the last answers were not cacheable, without a value. */
    record Uncacheable<V>(UncacheableMarker marker, int weight) implements Slot<V> {

        @Override
        public long keptUntil() {
            return marker.until();
        }
    }

    /**
     * The names on which the values of this key depend. Each value is kept by the key of its variant.
     *
     * @param generation a part of the variants' keys: once this slot is removed, no request finds them any more
     * @param floor the order of the last load whose value these names may hide: values of older loads are not kept
     * @param variants the variants that are kept
     */
    record Varying<V>(List<String> names, long generation, long floor, long keptUntil, Variants variants, int weight)
            implements Slot<V> {}

    static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }
}
