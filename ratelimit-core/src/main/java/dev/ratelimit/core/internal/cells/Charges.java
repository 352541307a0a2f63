package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The charges of the keys of a table, and their debts.
 *
 * <p><b>How a key is charged.</b> Read the cell, <i>then</i> read the fingerprint again, then exchange the cell by
 * compare-and-set. A new owner's fingerprint is written before its cell. So a thread that has read the new owner's cell
 * also reads the new fingerprint, and notices the change. A thread that has read the old owner's cell fails in the
 * exchange, because each new owner's cell has another version. In the reverse order, a thread could read the old
 * fingerprint, then the new cell, and charge the wrong key.
 *
 * <p>A charge of a known key takes no lock, and refusing writes nothing. A charge that gives a number to a cell holds
 * the lock of the key's stripe ({@link LockedCharges}).
 *
 * <p>Thread-safe.
 */
final class Charges {

    /**
     * Returned if another thread changed the cell meanwhile. It is not an outcome: those have zeros in their low bits.
     */
    static final long LOOK_AGAIN = 1;

    /** Returned if the cell has another number, so that the lock is needed. */
    private static final long UNDER_LOCK = 3;

    private final Horizon horizon;

    /** The horizon's anchor, or an older one. With an older one, a caller asks the horizon. */
    private volatile long anchor;

    private volatile long beyond;

    private final Places places;
    private final RateNumbers numbers;
    private final Sweeper upkeep;
    private final Stripes stripes;
    private final EvictionChoice vacancies;
    private final boolean evicts;
    private final LockedCharges locked;
    private final RateChanges changes;
    private final Refunds giveBacks;

    /**
     * Creates the charges of a table.
     *
     * @param evicts whether a new key may push out another one in debt
     * @param built the instant from which the refill of new keys counts
     * @param onEviction run when a key in debt was forgotten, by the thread with the request of the new key
     */
    Charges(
            Places places,
            RateNumbers numbers,
            Horizon horizon,
            boolean evicts,
            TimeSource time,
            long built,
            Runnable onEviction) {
        this.horizon = horizon;
        this.beyond = horizon.beyond();
        this.anchor = horizon.anchor();
        this.places = places;
        this.numbers = numbers;
        this.evicts = evicts;
        this.stripes = new Stripes();
        this.upkeep = new Sweeper(places, numbers);
        this.vacancies = new EvictionChoice(places, numbers);
        this.changes = new RateChanges(numbers, upkeep, stripes, horizon, () -> enter(Clock.read(time)), built);
        this.giveBacks = new Refunds(places, numbers, upkeep, stripes, changes, this::enter);
        this.locked = new LockedCharges(this, places, vacancies, upkeep, stripes, onEviction);
    }

    /** Puts all rates of a policy in force, or none: see {@link RateChanges#enter}. */
    List<Gcra> enterRates(List<Rate> rates, long maxDelay) {
        List<Gcra> entered = changes.enter(rates, maxDelay);
        beyond = horizon.beyond();
        return entered;
    }

    /**
     * Shortens all debts at a rate to at most {@code nanos} nanoseconds from now on. The caller makes sure that none
     * begins meanwhile.
     *
     * @param instant returns the instant to decide at
     */
    void shorten(Gcra rate, long nanos, LongSupplier instant) {
        stripes.awaitAll();
        upkeep.shorten(rate, nanos, instant);
    }

    RateChanges changes() {
        return changes;
    }

    Refunds giveBacks() {
        return giveBacks;
    }

    /** Returns how often a key in debt was forgotten for a new key. */
    long evictedInDebt() {
        return locked.evictedInDebt();
    }

    boolean evicts() {
        return evicts;
    }

    /**
     * Increases the debt of a key by a cost, if it then does not exceed a limit; returns an {@link Outcome}.
     *
     * @param clock a reading of the clock
     */
    long take(long fingerprint, Gcra rate, long cost, long limit, long clock) {
        // Most known keys are in the place that is checked first. This method is short, so that the compiler inlines
        // it.
        int place = places.first(fingerprint);
        long outcome = places.holds(place, fingerprint)
                ? takeAt(place, fingerprint, rate, cost, limit, clock, null)
                : LOOK_AGAIN;
        return (outcome & LOOK_AGAIN) != 0 ? takeAnywhere(fingerprint, rate, cost, limit, clock, null) : outcome;
    }

    /**
     * Does the same in any place of the key, and for a cell in any units.
     *
     * @param receipt records the charge, unless it is null
     */
    long takeAnywhere(long fingerprint, Gcra rate, long cost, long limit, long clock, @Nullable Receipt receipt) {
        long outcome = takeInForce(fingerprint, rate, cost, limit, clock, receipt);
        if (outcome == LOOK_AGAIN) {
            outcome = takeMeanwhile(fingerprint, rate, cost, limit, clock, receipt);
        }
        // After a change of rates and outside its lock, because the listener may be called.
        return locked.told(outcome);
    }

    /**
     * Does the same while the rate is being replaced. A separate method, so that the compiler can inline the common
     * path.
     */
    private long takeMeanwhile(
            long fingerprint, Gcra rate, long cost, long limit, long clock, @Nullable Receipt receipt) {
        return changes.meanwhile(
                rate,
                again -> takeInForce(fingerprint, again, cost, limit, clock, receipt),
                latest -> giveBacks.convert(fingerprint, latest, clock));
    }

    /** Does the same; returns {@link #LOOK_AGAIN} if the rate is no longer in force. */
    private long takeInForce(
            long fingerprint, Gcra rate, long cost, long limit, long clock, @Nullable Receipt receipt) {
        int failed = 0;
        while (rate.isInForce()) {
            if (receipt != null) {
                giveBacks.begin(fingerprint, receipt);
            }
            long number = stripes.read(fingerprint);
            int place = places.find(fingerprint);
            long outcome =
                    place == Places.NONE ? UNDER_LOCK : takeAt(place, fingerprint, rate, cost, limit, clock, receipt);
            if (outcome == UNDER_LOCK) {
                outcome = locked.take(place, fingerprint, rate, cost, limit, clock, number, receipt);
            }
            if ((outcome & LOOK_AGAIN) == 0) {
                return outcome;
            }
            failed = Attempts.pause(failed);
        }
        return LOOK_AGAIN;
    }

    /** Charges a known key if its cell has the rate's number. */
    long takeAt(int place, long fingerprint, Gcra rate, long cost, long limit, long clock, @Nullable Receipt receipt) {
        long before = places.cell(place);
        if (!places.isOwned(place, before, fingerprint)) {
            return LOOK_AGAIN;
        }
        long now = clock;
        if (!Horizon.covers(anchor, now, beyond)) {
            now = enter(now);
            before = places.cell(place);
            if (!places.isOwned(place, before, fingerprint)) {
                return LOOK_AGAIN;
            }
        }
        long number = Cell.number(before);
        if (number != rate.inForce()) {
            return UNDER_LOCK;
        }
        long reading = rate.reading(now);
        long since = reading - Gcra.allowedFrom(before, cost, limit);
        if (since < 0) {
            return places.cell(place) == before ? since : LOOK_AGAIN;
        }
        long after = Gcra.charged(before, reading, cost, number);
        if (!places.exchange(place, before, after)) {
            return LOOK_AGAIN;
        }
        long outcome = Gcra.distance(after, reading);
        if (receipt != null) {
            receipt.write(after, cost, now + rate.nanos(outcome), rate.scale());
        }
        return outcome;
    }

    /** Gives a debt to a key without one, unless the arithmetic is no longer in force. */
    void begin(long fingerprint, Gcra rate, long cost, long clock) {
        int failed = 0;
        while (rate.isInForce()) {
            long number = stripes.read(fingerprint);
            int place = places.find(fingerprint);
            long outcome = locked.take(place, fingerprint, rate, cost, cost, clock, number, null);
            if ((outcome & LOOK_AGAIN) == 0) {
                locked.told(outcome);
                return;
            }
            failed = Attempts.pause(failed);
        }
    }

    /** Makes the debt of a key no less than a cost. A new key always finds a place in a table that evicts. */
    void raise(long fingerprint, Gcra rate, long cost, long clock) {
        long outcome = -1;
        for (long debt = debt(fingerprint, rate, clock);
                debt < cost && !Outcome.isAllowed(outcome);
                debt = debt(fingerprint, rate, clock)) {
            // Refused if another thread has raised it meanwhile.
            outcome = takeAnywhere(fingerprint, rate, cost - debt, cost, clock, null);
        }
    }

    /**
     * Returns the debt of a key in a rate's units; or {@link Outcome#SATURATED} if it is new and would find no place.
     */
    long debt(long fingerprint, Gcra rate, long clock) {
        int failed = 0;
        while (true) {
            long now = enter(clock);
            int place = places.find(fingerprint);
            if (place == Places.NONE) {
                return evicts || vacancies.nanosUntilFree(fingerprint, now) == 0
                        ? rate.startDebt(now)
                        : Outcome.SATURATED;
            }
            long before = places.cell(place);
            if (places.isOwned(place, before, fingerprint)) {
                long number = Cell.number(before);
                if (number == Cell.FREE) {
                    return rate.startDebt(now);
                }
                boolean isOfRate = number == rate.inForce();
                Gcra from = numbers.of(number);
                long debt = from == null ? 0 : rate.converted(Gcra.debt(before, from.reading(now)), from);
                // The number kept its meaning meanwhile, and no sweep has changed the cell.
                if (from != null && places.cell(place) == before && numbers.of(number) == from) {
                    return debt > 0 || isOfRate ? debt : rate.startDebt(now);
                }
            }
            failed = Attempts.pause(failed);
        }
    }

    /** Returns the nanoseconds until a new key would find a place, at least 1. */
    long nanosUntilPlace(long fingerprint, long clock) {
        return Math.max(1, vacancies.nanosUntilFree(fingerprint, enter(clock)));
    }

    /** Returns the instant to decide at. Cells must be read after this call. */
    long enter(long now) {
        long from = anchor;
        if (Horizon.covers(from, now, beyond)) {
            return now;
        }
        long instant = horizon.enter(now, upkeep::sweep);
        anchor = horizon.anchor();
        return instant;
    }

    /** Returns an anchor of the horizon. It must be read after a cell. */
    long anchor() {
        return anchor;
    }

    /** Returns the mask of bits: if a time since the anchor has any of them, the horizon must be asked. */
    long beyond() {
        return beyond;
    }
}
