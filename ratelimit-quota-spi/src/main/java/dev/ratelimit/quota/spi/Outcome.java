package dev.ratelimit.quota.spi;

import dev.ratelimit.Certainty;
import java.util.List;
import java.util.Objects;

/** An outcome is the result of an {@link Operation}. Immutable. */
public sealed interface Outcome {

    /**
     * The amount granted, and the value of the counter after the operation. A refused acquire has granted nothing, and
     * changed nothing.
     *
     * @param granted the amount granted to an acquire; zero if it was refused, and for any other operation
     * @param used the value of the counter now, which may be above the limit of the operation
     */
    record Counted(long granted, long used) implements Outcome {

        /**
         * Creates an outcome.
         *
         * @param granted the amount granted to an acquire
         * @param used the value of the counter now
         * @throws IllegalArgumentException if a number is negative
         */
        public Counted {
            if (granted < 0 || used < 0) {
                throw new IllegalArgumentException(
                        "granted and used must be at least 0, but were " + granted + " and " + used);
            }
        }
    }

    /**
     * The result of a group: all acquires granted, or all refused.
     *
     * @param parts one result for each acquire, in their order
     */
    record Grouped(List<Counted> parts) implements Outcome {

        /**
         * Creates an outcome.
         *
         * @param parts one result for each acquire, in their order
         */
        public Grouped {
            parts = List.copyOf(parts);
        }

        /**
         * Returns whether all acquires were granted.
         *
         * @return whether the group was counted
         */
        public boolean allowed() {
            return parts.stream().allMatch(part -> part.granted() > 0);
        }
    }

    /**
     * A failure: the store could not apply the operation, or does not know whether it did.
     *
     * @param certainty whether anything may have been counted
     * @param cause the cause
     */
    record Failed(Certainty certainty, Throwable cause) implements Outcome {

        /**
         * Creates an outcome.
         *
         * @param certainty whether anything may have been counted
         * @param cause the cause
         */
        public Failed {
            Objects.requireNonNull(certainty, "certainty");
            Objects.requireNonNull(cause, "cause");
        }
    }
}
