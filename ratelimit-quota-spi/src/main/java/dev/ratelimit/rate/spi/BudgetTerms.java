package dev.ratelimit.rate.spi;

import java.util.List;

/**
 * The terms of a budget: its rates, and the times of its policy. They are part of each operation, so that a change of
 * policy needs no change in the store.
 *
 * <p>Immutable and thread-safe.
 *
 * @param rates the rates, from 0 to {@link #MAX_RATES}; permits are taken from all of them or from none
 * @param blackoutMicros how long the budget refuses everything after a rate has refused a request, in microseconds;
 *     zero if it does not
 * @param returnableMicros how long after a take its permits can be given back ({@link RateOperation.GiveBack}), in
 *     microseconds; a longer time makes fewer of them returnable
 */
public record BudgetTerms(List<StoredRate> rates, long blackoutMicros, long returnableMicros) {

    /** The maximum number of rates: 8. */
    public static final int MAX_RATES = 8;

    /** The longest time in microseconds: 400 days. */
    public static final long MAX_MICROS = 400L * 24 * 60 * 60 * 1_000_000;

    /**
     * Creates terms.
     *
     * @param rates the rates
     * @param blackoutMicros how long a refusal lasts, in microseconds
     * @param returnableMicros how long permits can be given back, in microseconds
     * @throws IllegalArgumentException if there are too many rates, or a time is out of range
     */
    public BudgetTerms {
        rates = List.copyOf(rates);
        if (rates.size() > MAX_RATES) {
            throw new IllegalArgumentException(
                    "a budget has at most " + MAX_RATES + " rates, but was given " + rates.size());
        }
        checkMicros("blackoutMicros", blackoutMicros);
        checkMicros("returnableMicros", returnableMicros);
    }

    /**
     * Creates terms without a blackout, whose permits cannot be given back.
     *
     * @param rates the rates
     * @throws IllegalArgumentException if there are too many rates
     */
    public BudgetTerms(List<StoredRate> rates) {
        this(rates, 0, 0);
    }

    static void checkMicros(String name, long micros) {
        if (micros < 0 || micros > MAX_MICROS) {
            throw new IllegalArgumentException(name + " must be from 0 to " + MAX_MICROS + ", but was " + micros);
        }
    }
}
