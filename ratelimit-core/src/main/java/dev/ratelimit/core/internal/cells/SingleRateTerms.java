package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Rate;

/**
 * What {@link SingleCell} knows beforehand of the one rate that decides: its arithmetic, in so few numbers that the short
 * way has each of them at hand. Immutable, and so of one policy.
 */
final class SingleRateTerms {

    /** No rate decides alone. */
    static final SingleRateTerms NONE = new SingleRateTerms(new Gcra(Rate.perSecond(1)), -1, 0, "");

    /** The arithmetic. It is in force for as long as these terms are. */
    final Gcra gcra;

    /** The number of the cells that are in these units; none has a negative one. */
    final long number;

    /** The bits of a time since the anchor for which the table has to be asked. */
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

    /** The terms of a rate in a table, within whose horizon they hold. */
    static SingleRateTerms of(Gcra gcra, CellTable table, String policy) {
        return new SingleRateTerms(gcra, gcra.number(), table.beyond(), policy);
    }
}
