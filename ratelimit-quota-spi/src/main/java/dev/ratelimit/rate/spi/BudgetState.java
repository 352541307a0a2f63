package dev.ratelimit.rate.spi;

import dev.ratelimit.rate.spi.RateOperation.Blackout;
import dev.ratelimit.rate.spi.RateOperation.Charge;
import dev.ratelimit.rate.spi.RateOperation.GiveBack;
import dev.ratelimit.rate.spi.RateOperation.Read;
import dev.ratelimit.rate.spi.RateOperation.Refund;
import dev.ratelimit.rate.spi.RateOperation.Reset;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/**
 * The state of a budget is what a store keeps under the name of the budget, and all arithmetic of the operations. It is
 * the reference for stores that compute in another language, and all that a store in Java needs.
 *
 * <p><b>Rates.</b> Cells are kept in the order of the rates. A rate takes over the debt of the cell at its index, also
 * if that was another rate's: a debt is kept in permits. A cell without a rate stays until it owes nothing, so that
 * processes with an older policy of fewer rates do not clear it.
 *
 * <p><b>Generations.</b> A state knows the least debt that takes found, for the present generation and the one before.
 * A generation lasts at least {@link BudgetTerms#returnableMicros()}. An outcome contains the generation of its take,
 * and only permits of these two generations can be given back. So it does not matter whether a process is late, or
 * whether the policies of two processes differ.
 *
 * <p>Immutable and thread-safe.
 */
public final class BudgetState {

    /** The state of a budget that was never used. */
    public static final BudgetState FULL = new BudgetState(List.of(), 0, 0, 0, 0);

    /**
     * A state, and what an operation returned.
     *
     * @param state the state after the operation; the same object as before if nothing changed
     * @param outcome the outcome
     */
    public record Step(BudgetState state, Applied outcome) {

        /**
         * Creates a step.
         *
         * @param state the state after the operation
         * @param outcome the outcome
         */
        public Step {
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(outcome, "outcome");
        }
    }

    private final List<BudgetCell> cells;
    private final long generation;
    private final long generationBefore;
    private final long blackoutUntil;
    private final long calledUntil;

    BudgetState(List<BudgetCell> cells, long generation, long generationBefore, long blackoutUntil, long calledUntil) {
        this.cells = cells;
        this.generation = generation;
        this.generationBefore = generationBefore;
        this.blackoutUntil = blackoutUntil;
        this.calledUntil = calledUntil;
    }

    /**
     * Applies an operation.
     *
     * @param operation the operation
     * @param now the microseconds since the epoch by the store's clock
     * @return the state after it, and its outcome
     */
    public Step apply(RateOperation operation, long now) {
        BudgetTerms terms = operation.terms();
        if (operation instanceof Read) {
            return answer(this, 0, 0, terms, now);
        }
        if (operation instanceof Reset) {
            return answer(FULL, 0, 0, terms, now);
        }
        if (operation instanceof Blackout blackout) {
            return answer(called(blackout.micros(), now), 0, 0, terms, now);
        }
        if (operation instanceof Take take) {
            return cutBlackout(terms, now).take(take, now);
        }
        if (operation instanceof Charge charge) {
            return charge(charge, now);
        }
        if (operation instanceof GiveBack giveBack) {
            return giveBack(giveBack, now);
        }
        return refund((Refund) operation, now);
    }

    private Step answer(BudgetState after, long permits, long generation, BudgetTerms terms, long now) {
        List<Long> debts = new ArrayList<>(terms.rates().size());
        for (int i = 0; i < terms.rates().size(); i++) {
            debts.add(after.cell(i, terms.rates().get(i), now).debt(now));
        }
        return new Step(after, new Applied(permits, debts, after.blackoutMicros(terms, now), generation));
    }

    private Step take(Take take, long now) {
        BudgetTerms terms = take.terms();
        if (blackoutMicros(terms, now) > 0) {
            return answer(this, 0, 0, terms, now);
        }
        long permits = take.want();
        for (int i = 0; i < terms.rates().size(); i++) {
            StoredRate rate = terms.rates().get(i);
            permits = Math.min(permits, rate.permits(cell(i, rate, now).debt(now), take.maxDelayMicros()));
        }
        boolean granted = permits >= take.min();
        BudgetState dark = permits < take.want() && take.refusesRequests() && terms.blackoutMicros() > 0
                ? with(cells, generation, generationBefore, now + terms.blackoutMicros())
                : this;
        if (!granted || terms.rates().isEmpty()) {
            return answer(dark, granted ? permits : 0, 0, terms, now);
        }
        long taken = permits;
        BudgetState after = dark.aged(terms, now).eachCell(terms, now, cell -> cell.take(taken, now));
        return answer(after, taken, after.generation, terms, now);
    }

    private Step charge(Charge charge, long now) {
        BudgetTerms terms = charge.terms();
        long permits = fewest(terms, now, charge.permits(), cell -> cell.chargeable(now));
        BudgetState after = permits == 0 ? this : eachCell(terms, now, cell -> cell.take(permits, now));
        return answer(after, permits, 0, terms, now);
    }

    private Step giveBack(GiveBack giveBack, long now) {
        BudgetTerms terms = giveBack.terms();
        boolean present = giveBack.generation() == generation;
        boolean known = generation > 0 && (present || giveBack.generation() == generationBefore);
        if (!known) {
            return answer(this, 0, 0, terms, now);
        }
        long wanted = giveBack.permits();
        long fewest = fewest(terms, now, wanted, cell -> cell.returnable(present, now));
        BudgetState after = eachCell(
                terms, now, cell -> cell.giveBack(Math.min(wanted, cell.returnable(present, now)), present, now));
        return answer(after, fewest, 0, terms, now);
    }

    private Step refund(Refund refund, long now) {
        BudgetTerms terms = refund.terms();
        long fewest = fewest(terms, now, refund.permits(), cell -> cell.refundable(now));
        BudgetState after =
                eachCell(terms, now, cell -> cell.isOutOfRange(now) ? cell : cell.refund(refund.permits(), now));
        return answer(after, fewest, 0, terms, now);
    }

    private BudgetState called(long micros, long now) {
        return micros == 0
                ? new BudgetState(cells, generation, generationBefore, 0, 0)
                : new BudgetState(
                        cells, generation, generationBefore, blackoutUntil, Math.max(calledUntil, now + micros));
    }

    /** Cuts what is left of a blackout under another policy to the blackout of these terms. */
    private BudgetState cutBlackout(BudgetTerms terms, long now) {
        long latest = now + terms.blackoutMicros();
        return blackoutUntil > latest
                ? with(cells, generation, generationBefore, terms.blackoutMicros() == 0 ? 0 : latest)
                : this;
    }

    private long blackoutMicros(BudgetTerms terms, long now) {
        long begun = Math.min(blackoutUntil - now, terms.blackoutMicros());
        return Math.max(0, Math.max(begun, calledUntil - now));
    }

    private BudgetCell cell(int index, StoredRate rate, long now) {
        return index < cells.size() ? cells.get(index).under(rate, now) : BudgetCell.full(rate);
    }

    private long fewest(BudgetTerms terms, long now, long permits, ToLongFunction<BudgetCell> permitsOf) {
        long fewest = permits;
        for (int i = 0; i < terms.rates().size(); i++) {
            fewest =
                    Math.min(fewest, permitsOf.applyAsLong(cell(i, terms.rates().get(i), now)));
        }
        return fewest;
    }

    private BudgetState eachCell(BudgetTerms terms, long now, UnaryOperator<BudgetCell> change) {
        List<BudgetCell> changed = new ArrayList<>(cells);
        for (int i = 0; i < terms.rates().size(); i++) {
            BudgetCell cell = change.apply(cell(i, terms.rates().get(i), now));
            if (i < changed.size()) {
                changed.set(i, cell);
            } else {
                changed.add(cell);
            }
        }
        while (changed.size() > terms.rates().size()
                && changed.get(changed.size() - 1).debt(now) == 0) {
            changed.remove(changed.size() - 1);
        }
        return changed.equals(cells) ? this : with(changed, generation, generationBefore, blackoutUntil);
    }

    /** Begins another generation if the present one has lasted long enough. */
    private BudgetState aged(BudgetTerms terms, long now) {
        if (generation == 0) {
            return with(cells, Math.max(1, now), 0, blackoutUntil);
        }
        if (now - generation < Math.max(1, terms.returnableMicros())) {
            return this;
        }
        return with(cells.stream().map(BudgetCell::aged).toList(), now, generation, blackoutUntil);
    }

    private BudgetState with(List<BudgetCell> cells, long generation, long generationBefore, long blackoutUntil) {
        return new BudgetState(cells, generation, generationBefore, blackoutUntil, calledUntil);
    }

    /**
     * Returns when a store may forget this state, because the budget is then as one that was never used.
     *
     * @return the microsecond since the epoch by the store's clock; at most 0 if it may be forgotten at once
     */
    public long expiresMicros() {
        long latest = Math.max(blackoutUntil, calledUntil);
        for (BudgetCell cell : cells) {
            latest = Math.max(latest, cell.at() + 1);
        }
        return latest;
    }

    /**
     * Returns this state as text, for stores that keep texts.
     *
     * @return printable ASCII, at most 1,000 characters, which {@link #parse} reads
     */
    public String toText() {
        return BudgetText.of(this);
    }

    /**
     * Parses a state.
     *
     * @param text what {@link #toText} returned
     * @return the state
     * @throws IllegalArgumentException if it is anything else
     */
    public static BudgetState parse(String text) {
        return BudgetText.parse(text);
    }

    List<BudgetCell> cells() {
        return cells;
    }

    /** Returns the two generations, and the ends of the two blackouts. */
    long[] times() {
        return new long[] {generation, generationBefore, blackoutUntil, calledUntil};
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BudgetState that && Arrays.equals(times(), that.times()) && cells.equals(that.cells);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(times()) + cells.hashCode();
    }

    @Override
    public String toString() {
        return toText();
    }
}
