package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Rate;

/**
 * The precomputed arithmetic of the single rate of a {@link SingleCell}: the few numbers that its fast path needs.
 * Immutable, and so for one policy.
 */
final class SingleRateTerms {

    /** The terms when no single rate decides. */
    static final SingleRateTerms NONE = new SingleRateTerms(new Gcra(Rate.perSecond(1)), -1, 0, "");

    /** The arithmetic. It is in force as long as these terms are. */
    final Gcra gcra;

    /** The number of cells in these units. A negative number matches no cell. */
    final long number;

    /** The mask of bits: if a time since the anchor has any of them, the table must decide. */
    final long beyond;

    final long emission;
    final long permit;
    final long full;
    final long capacity;

    /** The name of the policy. */
    final String policy;

    private SingleRateTerms(Gcra gcra, long number, long beyond, String policy) {
        this.gcra = gcra;
        this.number = number;
        this.beyond = beyond;
        this.emission = gcra.reading(1);
        this.permit = gcra.cost(1);
        this.full = gcra.full();
        this.capacity = gcra.rate().capacity();
        this.policy = policy;
    }

    /** Returns the terms of a rate in a table. They hold within the table's horizon. */
    static SingleRateTerms of(Gcra gcra, Charges charges, String policy) {
        return new SingleRateTerms(gcra, gcra.number(), charges.beyond(), policy);
    }
}
