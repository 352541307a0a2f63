package dev.ratelimit.rate.spi;

import dev.ratelimit.Certainty;
import java.util.List;
import java.util.Objects;

/** A rate outcome is the result of a {@link RateOperation}. Immutable. */
public sealed interface RateOutcome {

    /**
     * The permits granted, and the budget after the operation.
     *
     * @param permits the permits granted, given back, refunded or charged; zero for a refused take, and for an
     *     operation without permits. Of several rates, the fewest
     * @param debts the units that each rate of the terms owes now, in their order
     * @param blackoutMicros the microseconds for which the budget refuses everything; zero if it is in no blackout
     * @param generation identifies the time of a take for {@link RateOperation.GiveBack}; of a refused take, and of any
     *     other operation, zero
     */
    record Applied(long permits, List<Long> debts, long blackoutMicros, long generation) implements RateOutcome {

        /**
         * Creates an outcome.
         *
         * @param permits the permits
         * @param debts the units that each rate owes
         * @param blackoutMicros the microseconds of the blackout
         * @param generation the generation of the take
         * @throws IllegalArgumentException if a number is negative
         */
        public Applied {
            debts = List.copyOf(debts);
            if (permits < 0
                    || blackoutMicros < 0
                    || generation < 0
                    || debts.stream().anyMatch(debt -> debt < 0)) {
                throw new IllegalArgumentException("no number of an outcome may be negative, but they were: permits "
                        + permits + ", debts " + debts + ", blackoutMicros " + blackoutMicros + ", generation "
                        + generation);
            }
        }
    }

    /**
     * A failure: the store could not apply the operation, or does not know whether it did.
     *
     * @param certainty whether the operation may have been applied
     * @param cause the cause
     */
    record Failed(Certainty certainty, Throwable cause) implements RateOutcome {

        /**
         * Creates an outcome.
         *
         * @param certainty whether the operation may have been applied
         * @param cause the cause
         */
        public Failed {
            Objects.requireNonNull(certainty, "certainty");
            Objects.requireNonNull(cause, "cause");
        }
    }
}
