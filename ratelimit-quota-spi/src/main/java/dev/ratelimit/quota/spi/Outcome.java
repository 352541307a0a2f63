package dev.ratelimit.quota.spi;

import dev.ratelimit.quota.Certainty;
import java.util.List;
import java.util.Objects;

/** An outcome is what became of an {@link Operation}. Immutable. */
public sealed interface Outcome {

    /**
     * What was granted, and what the counter shows after it. A denial has granted nothing, and changed nothing.
     *
     * @param granted the amount granted to an acquire; zero if it was denied, and of an operation that is none
     * @param used what the counter shows now; may be above the limit of the call
     */
    record Counted(long granted, long used) implements Outcome {

        /**
         * Creates an outcome.
         *
         * @param granted the amount granted to an acquire
         * @param used what the counter shows now
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
     * What became of a group: all granted, or all denied.
     *
     * @param parts one for each acquire, in their order
     */
    record Grouped(List<Counted> parts) implements Outcome {

        /**
         * Creates an outcome.
         *
         * @param parts one for each acquire, in their order
         */
        public Grouped {
            parts = List.copyOf(parts);
        }

        /**
         * Returns whether all were granted.
         *
         * @return whether it was counted
         */
        public boolean allowed() {
            return parts.stream().allMatch(part -> part.granted() > 0);
        }
    }

    /**
     * That the store could not do the operation, or does not know whether it did.
     *
     * @param certainty whether anything may have been counted
     * @param cause why
     */
    record Failed(Certainty certainty, Throwable cause) implements Outcome {

        /**
         * Creates an outcome.
         *
         * @param certainty whether anything may have been counted
         * @param cause why
         */
        public Failed {
            Objects.requireNonNull(certainty, "certainty");
            Objects.requireNonNull(cause, "cause");
        }
    }
}
