package dev.ratelimit.quota.spi;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An operation is one thing to be done to a counter, or to several at once. Immutable. */
public sealed interface Operation {

    /**
     * Counts an amount, or as much of it as there is room for below a limit.
     *
     * <p>With {@code room = limit - used}: grants {@code min(want, room)} if that is at least {@code min}, and else nothing.
     * So {@code min = want} is all or nothing, and {@code min = 1} takes what is left.
     *
     * @param counter the counter
     * @param want the amount asked for, at least 1
     * @param min the least to be granted, from 1 to {@code want}
     * @param limit the most that the counter may show after it, from 0; it travels with the call, and binds at once
     * @param id what a retry is known by, or null for an operation that is not remembered
     */
    record Acquire(
            Counter counter,
            long want,
            long min,
            long limit,
            @Nullable OperationId id) implements Operation {

        /**
         * Creates an operation.
         *
         * @param counter the counter
         * @param want the amount asked for, at least 1
         * @param min the least to be granted, from 1 to {@code want}
         * @param limit the most that the counter may show after it, from 0
         * @param id what a retry is known by, or null
         * @throws IllegalArgumentException if a number is out of range
         */
        public Acquire {
            Objects.requireNonNull(counter, "counter");
            if (min < 1 || want < min) {
                throw new IllegalArgumentException(
                        "an acquire needs 1 <= min <= want, but min was " + min + " and want " + want);
            }
            if (limit < 0) {
                throw new IllegalArgumentException("limit must be at least 0, but was " + limit);
            }
        }

        /**
         * Returns an operation that takes all of an amount or nothing, and is not remembered.
         *
         * @param counter the counter
         * @param amount the amount, at least 1
         * @param limit the most that the counter may show after it
         * @return the operation
         */
        public static Acquire allOrNothing(Counter counter, long amount, long limit) {
            return new Acquire(counter, amount, amount, limit, null);
        }

        /**
         * Returns what this operation is granted by a counter: {@code min(want, room)} if that is at least {@code min}, and
         * else zero. The counter shows {@code used} plus that afterwards. Nothing wraps, also where the counter is above the
         * limit.
         *
         * @param used what the counter shows before it, at least 0
         * @return the amount to add: zero for a denial, else {@code min} to {@code want}
         */
        public long granted(long used) {
            return granted(want, min, limit, used);
        }

        /**
         * Returns what {@link #granted(long)} says of an operation with these numbers, for a store that has made none.
         *
         * @param want the amount asked for, at least 1
         * @param min the least to be granted, from 1 to {@code want}
         * @param limit the most that the counter may show after it, from 0
         * @param used what the counter shows before it, at least 0
         * @return the amount to add: zero for a denial, else {@code min} to {@code want}
         */
        public static long granted(long want, long min, long limit, long used) {
            // Neither is negative, so that the difference does not wrap.
            long room = limit - used;
            return room < min ? 0 : Math.min(want, room);
        }
    }

    /**
     * Changes what a counter shows, whatever the limit: refunds if negative, down to zero; charges what has already been
     * used if positive, up to {@link Long#MAX_VALUE}.
     *
     * @param counter the counter
     * @param delta what is added, not zero
     * @param id what a retry is known by, or null for an operation that is not remembered
     */
    record Adjust(Counter counter, long delta, @Nullable OperationId id) implements Operation {

        /**
         * Creates an operation.
         *
         * @param counter the counter
         * @param delta what is added, not zero
         * @param id what a retry is known by, or null
         * @throws IllegalArgumentException if delta is zero
         */
        public Adjust {
            Objects.requireNonNull(counter, "counter");
            if (delta == 0) {
                throw new IllegalArgumentException("delta must not be zero; use Read to look");
            }
        }

        /**
         * Returns what a counter shows after this operation: the sum, not below zero and not above {@link Long#MAX_VALUE}.
         *
         * @param used what the counter shows before it, at least 0
         * @return what it shows afterwards
         */
        public long applied(long used) {
            return delta > Long.MAX_VALUE - used ? Long.MAX_VALUE : Math.max(0, used + delta);
        }
    }

    /**
     * Says what a counter shows.
     *
     * @param counter the counter
     */
    record Read(Counter counter) implements Operation {

        /**
         * Creates an operation.
         *
         * @param counter the counter
         */
        public Read {
            Objects.requireNonNull(counter, "counter");
        }
    }

    /**
     * Does several acquires of different counters all or none: none is granted unless each is.
     *
     * @param acquires two or more, no two of one counter, each with {@code min = want}
     */
    record Group(List<Acquire> acquires) implements Operation {

        /**
         * Creates an operation.
         *
         * @param acquires two or more, no two of one counter, each with {@code min = want}
         * @throws IllegalArgumentException if there are fewer than two, two of one counter, or one that would do with less
         */
        public Group {
            acquires = List.copyOf(acquires);
            if (acquires.size() < 2) {
                throw new IllegalArgumentException("a group needs at least 2 acquires, but has " + acquires.size());
            }
            Set<Counter> counters = new HashSet<>();
            for (Acquire acquire : acquires) {
                if (!counters.add(acquire.counter())) {
                    throw new IllegalArgumentException("a group may name a counter once: " + acquire.counter());
                }
                if (acquire.min() != acquire.want()) {
                    throw new IllegalArgumentException("in a group each acquire takes all or nothing: " + acquire);
                }
            }
        }
    }
}
