package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.WhenSaturated;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The cells of many keys, in memory that is fixed when it is created, whatever keys come.
 *
 * <p>A key is known by its <i>fingerprint</i>, 64 bits that nobody outside can predict. A place holds a fingerprint and
 * a cell ({@link Places}). Places are grouped in sets of eight, two cache lines, like a hardware cache, and a key may
 * stand in either of two sets: its <i>home</i>, and another one where it goes only when its home is full of keys in
 * debt.
 *
 * <p><b>How a key is charged.</b> Read the cell, <i>then</i> read the fingerprint again, then exchange the cell by
 * compare-and-set. A new owner's fingerprint is written before its cell. Whoever has read the new owner's cell
 * therefore reads its fingerprint, too, and notices; whoever has read the old owner's cell fails in the exchange,
 * because every new owner's cell has another version. In the reverse order one could read the old fingerprint, then the
 * new cell, and charge the wrong key.
 *
 * <p><b>Several rates.</b> Cells say in whose units they count ({@link RateNumbers}). One that is found in other units,
 * because its key has another rate now, counts as the debt of as many permits, and is written anew when it is next asked
 * for permits. That is done under the lock of the key's stripe, and so is all else that gives a number to a cell
 * ({@link LockedCharges}). A known key takes no lock, and a denial writes nothing.
 *
 * <p>What is asked of it, {@link Budgets} and {@link Blackouts} say in permits and nanoseconds.
 */
public final class CellTable {

    /** The most keys that a table can be sized for. */
    public static final int MAX_KEYS = 500_000_000;

    /** The answer where another thread came between. No outcome: those have zeros in their low bits. */
    static final long LOOK_AGAIN = 1;

    /** The answer where the cell has another number, so that the lock is needed. */
    private static final long UNDER_LOCK = 3;

    private final TimeSource time;
    private final Horizon horizon;

    /** The horizon's, or one of before, which sends a caller there. */
    private volatile long anchor;

    private volatile long beyond;

    private final RateNumbers numbers;
    private final Places places;
    private final EvictionChoice vacancies;
    private final Sweeper upkeep;
    private final Stripes stripes = new Stripes();
    private final RateChanges changes;
    private final Refunds giveBacks;
    private volatile boolean hasBlackouts;
    private final boolean evicts;
    private final LockedCharges locked;

    /**
     * Creates an empty table.
     *
     * @param maxKeys how many keys it is sized for
     * @param whenSaturated what becomes of a new key that finds no place
     * @param time the time that refills the budgets
     */
    public CellTable(int maxKeys, WhenSaturated whenSaturated, TimeSource time) {
        this(maxKeys, whenSaturated, time, () -> {});
    }

    /**
     * Creates an empty table.
     *
     * @param maxKeys how many keys it is sized for
     * @param whenSaturated what becomes of a new key that finds no place
     * @param time the time that refills the budgets
     * @param onEviction run when a key in debt was forgotten, by the thread that brought the new one
     */
    public CellTable(int maxKeys, WhenSaturated whenSaturated, TimeSource time, Runnable onEviction) {
        this(maxKeys, whenSaturated, time, onEviction, new RateNumbers());
    }

    CellTable(int maxKeys, WhenSaturated whenSaturated, TimeSource time, Runnable onEviction, RateNumbers numbers) {
        this.numbers = numbers;
        this.time = time;
        long built = time.nanos();
        this.horizon = new Horizon(numbers.blackouts().gcra().units(), built);
        this.beyond = horizon.beyond();
        this.anchor = horizon.anchor();
        this.places = new Places(maxKeys);
        this.vacancies = new EvictionChoice(places, numbers);
        this.upkeep = new Sweeper(places, numbers);
        this.changes = new RateChanges(numbers, upkeep, stripes, horizon, () -> enter(clock()), built);
        this.giveBacks = new Refunds(places, numbers, upkeep, stripes, this::enter);
        this.evicts = whenSaturated == WhenSaturated.EVICT;
        this.locked = new LockedCharges(this, places, vacancies, upkeep, stripes, onEviction);
    }

    /** Makes a fingerprint of the hash of a key. */
    public static long fingerprint(long hash) {
        return Places.fingerprint(hash);
    }

    // Rates

    /**
     * Puts a rate in force, the first of a policy; returns the budgets of all keys at it.
     *
     * @param rate the rate
     * @param maxDelay how far ahead permits may be reserved
     * @throws IllegalArgumentException if the rate cannot be kept
     * @throws IllegalStateException if too many rates are in force
     */
    public Budgets budgets(Rate rate, Duration maxDelay) {
        return budgets(List.of(rate), maxDelay).get(0);
    }

    /** Puts the rates of a policy in force, all or none, as {@link #budgets(Rate, Duration)} does. */
    public List<Budgets> budgets(List<Rate> rates, Duration maxDelay) {
        List<Gcra> entered = changes.enter(rates, maxDelay.toNanos());
        beyond = horizon.beyond();
        return IntStream.range(0, entered.size())
                .mapToObj(index -> new Budgets(this, entered.get(index), index))
                .toList();
    }

    /** The blackouts of all keys, each of which lasts so many nanoseconds. */
    public Blackouts blackouts(long nanos) {
        hasBlackouts = true;
        return new Blackouts(this, numbers.blackouts().gcra().anew(), nanos);
    }

    /**
     * Puts what has been put in force in the place of what was. Debts become debts of as many permits at the rate in the same
     * place of the other policy; blackouts last no longer from now on than the new ones do, and end if there are none.
     */
    public void replace(
            List<Budgets> before,
            @Nullable Blackouts blackoutsBefore,
            List<Budgets> after,
            @Nullable Blackouts blackoutsAfter) {
        changes.replace(gcras(before), gcras(after));
        if (blackoutsBefore != null) {
            blackoutsBefore.giveWayTo(blackoutsAfter);
        }
    }

    /** Says that what was put in force no longer is; debts stay as they are. */
    public void release(List<Budgets> budgets) {
        changes.release(gcras(budgets));
    }

    private static List<Gcra> gcras(List<Budgets> budgets) {
        return budgets.stream().map(Budgets::gcra).toList();
    }

    /** Ends the blackout of a key, whichever policy began it. */
    public void endBlackout(long key) {
        if (hasBlackouts) {
            giveBacks.reset(Blackouts.cellOf(key), numbers.blackouts().gcra(), clock());
        }
    }

    /** Lets no blackout last longer than so many nanoseconds from now on; none begins at the same time. */
    void shortenBlackouts(long nanos) {
        stripes.awaitAll();
        upkeep.shorten(numbers.blackouts().gcra(), nanos, () -> enter(clock()));
    }

    // Of all keys

    /** Returns how often a key in debt was forgotten for a new one. */
    public long evictedInDebt() {
        return locked.evictedInDebt();
    }

    /** How many cells are in debt now. Goes through all of them. */
    public long debts() {
        long now = enter(clock());
        long debts = 0;
        for (int place = places.begin(); place < places.end(); place += Places.STEP) {
            long cell = places.cell(place);
            Gcra rate = Cell.hasPosition(cell) ? numbers.of(Cell.number(cell)) : null;
            debts += rate != null && Gcra.distance(cell, rate.reading(now)) > 0 ? 1 : 0;
        }
        return debts;
    }

    /**
     * The nanoseconds until the last of all debts at a rate has passed; zero if there are none. Goes through all cells.
     */
    long nanosUntilNone(Gcra rate, long clock) {
        long reading = rate.reading(enter(clock));
        long longest = 0;
        for (int place = places.begin(); place < places.end(); place += Places.STEP) {
            long cell = places.cell(place);
            longest = Cell.number(cell) == rate.number() ? Math.max(longest, Gcra.distance(cell, reading)) : longest;
        }
        return rate.nanos(longest);
    }

    /** Reads the clock. */
    public long clock() {
        return Clock.read(time);
    }

    /** An anchor of the horizon, which is to be read after a cell. */
    long anchor() {
        return anchor;
    }

    /** The bits of a time since the anchor for which the horizon has to be asked. */
    long beyond() {
        return beyond;
    }

    Places places() {
        return places;
    }

    boolean evicts() {
        return evicts;
    }

    // Charging

    /**
     * Makes the debt of a key larger by a cost, if it is then no more than a limit; returns an {@link Outcome}.
     *
     * @param clock a reading of the clock
     */
    long take(long fingerprint, Gcra rate, long cost, long limit, long clock) {
        // Most known keys stand where they are looked for first; this is short, so that it is compiled into its caller.
        int place = places.first(fingerprint);
        long outcome = places.holds(place, fingerprint)
                ? takeAt(place, fingerprint, rate, cost, limit, clock, null)
                : LOOK_AGAIN;
        return (outcome & LOOK_AGAIN) != 0 ? takeAnywhere(fingerprint, rate, cost, limit, clock, null) : outcome;
    }

    /**
     * Does so wherever the key stands, and whatever units its cell is in.
     *
     * @param receipt what is to be told what was done
     */
    long takeAnywhere(long fingerprint, Gcra rate, long cost, long limit, long clock, @Nullable Receipt receipt) {
        long outcome = takeInForce(fingerprint, rate, cost, limit, clock, receipt);
        if (outcome == LOOK_AGAIN) {
            outcome = takeMeanwhile(fingerprint, rate, cost, limit, clock, receipt);
        }
        // After a change of rates, and not under its lock: somebody may be told.
        return locked.told(outcome);
    }

    /** Does so while the rate is being replaced. On its own, so that the compiler can inline the ordinary way. */
    private long takeMeanwhile(
            long fingerprint, Gcra rate, long cost, long limit, long clock, @Nullable Receipt receipt) {
        return changes.meanwhile(
                rate,
                again -> takeInForce(fingerprint, again, cost, limit, clock, receipt),
                latest -> giveBacks.convert(fingerprint, latest, clock));
    }

    /** Does so; returns {@link #LOOK_AGAIN} if the rate is not in force any more. */
    private long takeInForce(
            long fingerprint, Gcra rate, long cost, long limit, long clock, @Nullable Receipt receipt) {
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
            Thread.onSpinWait();
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

    /** Makes a debt where there is none; not if the arithmetic is not in force any more. */
    void begin(long fingerprint, Gcra rate, long cost, long clock) {
        while (rate.isInForce()) {
            long number = stripes.read(fingerprint);
            int place = places.find(fingerprint);
            long outcome = locked.take(place, fingerprint, rate, cost, cost, clock, number, null);
            if ((outcome & LOOK_AGAIN) == 0) {
                locked.told(outcome);
                return;
            }
            Thread.onSpinWait();
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

    // Giving back

    /** Makes the debt of a key smaller by a cost, or none. */
    void refund(long fingerprint, Gcra rate, long cost, long clock) {
        if (!giveBacks.refund(fingerprint, rate, cost, clock)) {
            meanwhile(fingerprint, rate, clock, again -> giveBacks.refund(fingerprint, again, cost, clock));
        }
    }

    /** Gives a reservation back: see {@link Refunds#cancel}. */
    void cancel(long fingerprint, Gcra rate, Receipt receipt, long atMost, long clock) {
        if (!giveBacks.cancel(fingerprint, rate, receipt, atMost, clock)) {
            meanwhile(fingerprint, rate, clock, again -> giveBacks.cancel(fingerprint, again, receipt, atMost, clock));
        }
    }

    /** Ends the debt of a key, and lets nobody who reserved before give anything back. */
    void reset(long fingerprint, Gcra rate, long clock) {
        if (!giveBacks.reset(fingerprint, rate, clock)) {
            meanwhile(fingerprint, rate, clock, again -> giveBacks.reset(fingerprint, again, clock));
        }
    }

    /**
     * Has the cell of a key count in a rate's units from now on. Not if the rate was replaced meanwhile: that change does so
     * in the units of another.
     */
    void adopt(long fingerprint, Gcra rate, long clock) {
        giveBacks.convert(fingerprint, rate, clock);
    }

    private void meanwhile(long fingerprint, Gcra rate, long clock, Consumer<Gcra> done) {
        changes.meanwhile(
                rate,
                again -> {
                    done.accept(again);
                    return 0;
                },
                latest -> giveBacks.convert(fingerprint, latest, clock));
    }

    Refunds giveBacks() {
        return giveBacks;
    }

    // Looking

    /** The debt of a key in a rate's units; or {@link Outcome#SATURATED} if it is new and would find no place. */
    long debt(long fingerprint, Gcra rate, long clock) {
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
                // The number meant the same all the time, and a sweep has left the cell.
                if (from != null && places.cell(place) == before && numbers.of(number) == from) {
                    return debt > 0 || isOfRate ? debt : rate.startDebt(now);
                }
            }
            Thread.onSpinWait();
        }
    }

    /** The nanoseconds until a new key would find a place, at least one. */
    long nanosUntilPlace(long fingerprint, long clock) {
        return Math.max(1, vacancies.nanosUntilFree(fingerprint, enter(clock)));
    }

    // Time

    /** Returns the instant to decide at; cells are to be read after it. */
    long enter(long now) {
        long from = anchor;
        if (Horizon.covers(from, now, beyond)) {
            return now;
        }
        long instant = horizon.enter(now, upkeep::sweep);
        anchor = horizon.anchor();
        return instant;
    }
}
