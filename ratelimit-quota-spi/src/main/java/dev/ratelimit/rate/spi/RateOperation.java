package dev.ratelimit.rate.spi;

import java.util.Objects;

/**
 * A rate operation reads or changes one budget. Immutable.
 *
 * <p>No operation has an id. If the answer of a take is lost, its permits are spent, and the budget regains them in the
 * course of time.
 */
public sealed interface RateOperation {

    /** The maximum length of the name of a budget: 851 characters, as that of a counter. */
    int MAX_NAME_LENGTH = 851;

    /**
     * Returns the name of the budget.
     *
     * @return printable ASCII without spaces, 1 to {@value #MAX_NAME_LENGTH} characters
     */
    String name();

    /**
     * Takes permits from all rates of a budget, as many as all of them have.
     *
     * <p>Grants {@code min(want, the fewest permits of any rate)} if that is at least {@code min}, and else nothing. A
     * budget in a blackout grants nothing.
     *
     * @param name the name of the budget
     * @param terms the terms
     * @param want the permits asked for, at least 1
     * @param min the fewest permits to grant, from 1 to {@code want}
     * @param maxDelayMicros how long the permits may have to be waited for, in microseconds; zero takes only permits
     *     that are there now
     * @param refusesRequests whether each permit that is not granted is a refused request, which begins the blackout of
     *     the terms; false for permits that are taken ahead of requests, and for a request that was not ready to wait
     *     as long as its policy allows
     */
    record Take(String name, BudgetTerms terms, long want, long min, long maxDelayMicros, boolean refusesRequests)
            implements RateOperation {

        /**
         * Creates an operation.
         *
         * @param name the name of the budget
         * @param terms the terms
         * @param want the permits asked for
         * @param min the fewest permits to grant
         * @param maxDelayMicros the longest wait
         * @param refusesRequests whether a permit that is not granted is a refused request
         * @throws IllegalArgumentException if a number is out of range
         */
        public Take {
            checkName(name);
            Objects.requireNonNull(terms, "terms");
            if (min < 1 || want < min) {
                throw new IllegalArgumentException(
                        "a take needs 1 <= min <= want, but min was " + min + " and want " + want);
            }
            BudgetTerms.checkMicros("maxDelayMicros", maxDelayMicros);
            for (StoredRate rate : terms.rates()) {
                if (maxDelayMicros > rate.maxDelayMicros()) {
                    throw new IllegalArgumentException("maxDelayMicros must be at most " + rate.maxDelayMicros()
                            + " at the rate " + rate + ", but was " + maxDelayMicros);
                }
            }
        }

        /**
         * Returns an operation that takes all permits of a request now, or none.
         *
         * @param name the name of the budget
         * @param terms the terms
         * @param permits the permits, at least 1
         * @return the operation
         */
        public static Take allOrNothing(String name, BudgetTerms terms, long permits) {
            return new Take(name, terms, permits, permits, 0, true);
        }
    }

    /**
     * Gives back permits that were taken and not used, so far as no request has missed them: each rate gets back those
     * permits without which it would now stand exactly as much better. So an interval never has more than
     * <i>capacity + rate × t</i> used permits.
     *
     * @param name the name of the budget
     * @param terms the terms of the take
     * @param permits the permits, at least 1
     * @param generation the generation that the outcome of the take contained
     */
    record GiveBack(String name, BudgetTerms terms, long permits, long generation) implements RateOperation {

        /**
         * Creates an operation.
         *
         * @param name the name of the budget
         * @param terms the terms of the take
         * @param permits the permits
         * @param generation the generation of the take
         * @throws IllegalArgumentException if the permits are below 1
         */
        public GiveBack {
            checkName(name);
            Objects.requireNonNull(terms, "terms");
            checkPermits(permits);
        }
    }

    /**
     * Refunds permits because a user says so, whether other requests have missed them or not. A budget never has more
     * than its capacity.
     *
     * @param name the name of the budget
     * @param terms the terms
     * @param permits the permits, at least 1
     */
    record Refund(String name, BudgetTerms terms, long permits) implements RateOperation {

        /**
         * Creates an operation.
         *
         * @param name the name of the budget
         * @param terms the terms
         * @param permits the permits
         * @throws IllegalArgumentException if the permits are below 1
         */
        public Refund {
            checkName(name);
            Objects.requireNonNull(terms, "terms");
            checkPermits(permits);
        }
    }

    /**
     * Charges permits that were used already, whether they are there or not, also in a blackout. It charges fewer only
     * where a rate would owe more than {@link StoredRate#MAX_UNITS}.
     *
     * @param name the name of the budget
     * @param terms the terms
     * @param permits the permits, at least 1
     */
    record Charge(String name, BudgetTerms terms, long permits) implements RateOperation {

        /**
         * Creates an operation.
         *
         * @param name the name of the budget
         * @param terms the terms
         * @param permits the permits
         * @throws IllegalArgumentException if the permits are below 1
         */
        public Charge {
            checkName(name);
            Objects.requireNonNull(terms, "terms");
            checkPermits(permits);
        }
    }

    /**
     * Begins a blackout, whatever the budget. A shorter one never shortens what is left of a longer one. Zero ends each
     * blackout, also one that a refusal began.
     *
     * @param name the name of the budget
     * @param terms the terms
     * @param micros how long, in microseconds; zero ends a blackout
     */
    record Blackout(String name, BudgetTerms terms, long micros) implements RateOperation {

        /**
         * Creates an operation.
         *
         * @param name the name of the budget
         * @param terms the terms
         * @param micros how long
         * @throws IllegalArgumentException if the time is out of range
         */
        public Blackout {
            checkName(name);
            Objects.requireNonNull(terms, "terms");
            BudgetTerms.checkMicros("micros", micros);
        }
    }

    /**
     * Forgets a budget: it is full, and in no blackout.
     *
     * @param name the name of the budget
     * @param terms the terms
     */
    record Reset(String name, BudgetTerms terms) implements RateOperation {

        /**
         * Creates an operation.
         *
         * @param name the name of the budget
         * @param terms the terms
         */
        public Reset {
            checkName(name);
            Objects.requireNonNull(terms, "terms");
        }
    }

    /**
     * Reads a budget, and changes nothing.
     *
     * @param name the name of the budget
     * @param terms the terms
     */
    record Read(String name, BudgetTerms terms) implements RateOperation {

        /**
         * Creates an operation.
         *
         * @param name the name of the budget
         * @param terms the terms
         */
        public Read {
            checkName(name);
            Objects.requireNonNull(terms, "terms");
        }
    }

    /**
     * Returns the terms under which the operation computes.
     *
     * @return the terms
     */
    BudgetTerms terms();

    private static void checkPermits(long permits) {
        if (permits < 1) {
            throw new IllegalArgumentException("permits must be at least 1, but was " + permits);
        }
    }

    private static void checkName(String name) {
        int length = name.length();
        if (length < 1 || length > MAX_NAME_LENGTH) {
            throw new IllegalArgumentException(
                    "the name of a budget must have 1 to " + MAX_NAME_LENGTH + " characters, but had " + length);
        }
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c > '~') {
                throw new IllegalArgumentException(
                        "the name of a budget must be printable ASCII without spaces, but was \"" + name + "\"");
            }
        }
    }
}
