package dev.ratelimit.quota.spi;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An operation reads or changes one counter, or several atomically. Immutable. */
public sealed interface Operation {

    /**
     * An operation that counts an amount, or the part of it that fits below a limit.
     *
     * <p>With {@code room = limit - used}: grants {@code min(want, room)} if that is at least {@code min}, and else
     * nothing. So {@code min = want} is all or nothing, and {@code min = 1} takes whatever is left.
     *
     * @param counter the counter
     * @param want the amount asked for, at least 1
     * @param min the least amount to grant, from 1 to {@code want}
     * @param limit the largest value of the counter after the operation, from 0; it is part of the operation, so a new
     *     limit applies at once
     * @param id the id that a retry has, too, or null for an operation that is not remembered
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
         * @param min the least amount to grant, from 1 to {@code want}
         * @param limit the largest value of the counter after the operation, from 0
         * @param id the id that a retry has, too, or null
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
         * @param limit the largest value of the counter after the operation
         * @return the operation
         */
        public static Acquire allOrNothing(Counter counter, long amount, long limit) {
            return new Acquire(counter, amount, amount, limit, null);
        }

        /**
         * Returns the amount that a counter grants to this operation: {@code min(want, room)} if that is at least
         * {@code min}, and else zero. Afterwards the counter is {@code used} plus this amount. The arithmetic does not
         * overflow, also if the counter is above the limit.
         *
         * @param used the value of the counter before the operation, at least 0
         * @return the amount to add: zero for a refusal, else {@code min} to {@code want}
         */
        public long granted(long used) {
            return granted(want, min, limit, used);
        }

        /**
         * Returns the result of {@link #granted(long)} for an operation with these numbers, for stores that have no
         * such object.
         *
         * @param want the amount asked for, at least 1
         * @param min the least amount to grant, from 1 to {@code want}
         * @param limit the largest value of the counter after the operation, from 0
         * @param used the value of the counter before the operation, at least 0
         * @return the amount to add: zero for a refusal, else {@code min} to {@code want}
         */
        public static long granted(long want, long min, long limit, long used) {
            // Neither is negative, so the difference does not overflow.
            long room = limit - used;
            return room < min ? 0 : Math.min(want, room);
        }
    }

    /**
     * An operation that changes the value of a counter, whatever the limit. A negative amount is a refund, down to
     * zero. A positive amount charges units that have already been used, up to {@link Long#MAX_VALUE}.
     *
     * @param counter the counter
     * @param delta the amount to add, not zero
     * @param id the id that a retry has, too, or null for an operation that is not remembered
     */
    record Adjust(Counter counter, long delta, @Nullable OperationId id) implements Operation {

        /**
         * Creates an operation.
         *
         * @param counter the counter
         * @param delta the amount to add, not zero
         * @param id the id that a retry has, too, or null
         * @throws IllegalArgumentException if delta is zero
         */
        public Adjust {
            Objects.requireNonNull(counter, "counter");
            if (delta == 0) {
                throw new IllegalArgumentException("delta must not be zero; use Read to look");
            }
        }

        /**
         * Returns the value of a counter after this operation: the sum, not below zero and not above
         * {@link Long#MAX_VALUE}.
         *
         * @param used the value of the counter before the operation, at least 0
         * @return the value of the counter afterwards
         */
        public long applied(long used) {
            return delta > Long.MAX_VALUE - used ? Long.MAX_VALUE : Math.max(0, used + delta);
        }
    }

    /**
     * An operation that reads the value of a counter.
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
     * An operation that applies several acquires of different counters, all or none: none is granted unless all are.
     *
     * @param acquires two or more acquires of different counters, each with {@code min = want}
     */
    record Group(List<Acquire> acquires) implements Operation {

        /**
         * Creates an operation.
         *
         * @param acquires two or more acquires of different counters, each with {@code min = want}
         * @throws IllegalArgumentException if there are fewer than two acquires, two of the same counter, or one whose
         *     {@code min} is less than {@code want}
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
