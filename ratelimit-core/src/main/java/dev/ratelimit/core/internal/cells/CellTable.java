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
 * Bounded table of the cells of many keys. Its memory is fixed when it is created, whatever keys arrive.
 *
 * <p>A key is identified by its <i>fingerprint</i>, 64 bits that clients cannot predict. A place holds a fingerprint
 * and a cell ({@link Places}). Places are grouped in sets of eight, two cache lines, like a hardware cache. A key may
 * be in one of two sets: its <i>home</i>, or a second set, which it uses only when its home is full of keys in debt.
 *
 * <p><b>How a key is charged.</b> Read the cell, <i>then</i> read the fingerprint again, then exchange the cell by
 * compare-and-set. A new owner's fingerprint is written before its cell. So a thread that has read the new owner's cell
 * also reads the new fingerprint, and notices the change. A thread that has read the old owner's cell fails in the
 * exchange, because each new owner's cell has another version. In the reverse order, a thread could read the old
 * fingerprint, then the new cell, and charge the wrong key.
 *
 * <p><b>Several rates.</b> A cell contains a number that says in the units of which rate it counts
 * ({@link RateNumbers}). A cell in units of another rate, because its key has a new rate now, counts as a debt of the
 * same number of permits. The next request for permits converts it, under the lock of the key's stripe. All other
 * operations that give a number to a cell hold that lock, too ({@link LockedCharges}). A charge of a known key takes no
 * lock, and refusing writes nothing.
 *
 * <p>{@link Budgets} and {@link Blackouts} are its interface in permits and nanoseconds.
 */
public final class CellTable {

    /** The most keys that a table can be sized for. */
    public static final int MAX_KEYS = 500_000_000;

    /**
     * Returned if another thread changed the cell meanwhile. It is not an outcome: those have zeros in their low bits.
     */
    static final long LOOK_AGAIN = 1;

    /** Returned if the cell has another number, so that the lock is needed. */
    private static final long UNDER_LOCK = 3;

    private final TimeSource time;
    private final Horizon horizon;

    /** The horizon's anchor, or an older one. With an older one, a caller asks the horizon. */
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
     * @param maxKeys the number of keys that it is sized for
     * @param whenSaturated says what happens to a new key that finds no place
     * @param time the time source that refills the budgets
     */
    public CellTable(int maxKeys, WhenSaturated whenSaturated, TimeSource time) {
        this(maxKeys, whenSaturated, time, () -> {});
    }

    /**
     * Creates an empty table.
     *
     * @param maxKeys the number of keys that it is sized for
     * @param whenSaturated says what happens to a new key that finds no place
     * @param time the time source that refills the budgets
     * @param onEviction run when a key in debt was forgotten, by the thread with the request of the new key
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

    /** Returns the fingerprint for the hash of a key. */
    public static long fingerprint(long hash) {
        return Places.fingerprint(hash);
    }

    /**
     * Puts a rate in force, as the first rate of a policy; returns the budgets of all keys at it.
     *
     * @param rate the rate
     * @param maxDelay the longest time by which permits may be reserved ahead
     * @throws IllegalArgumentException if the table cannot represent the rate
     * @throws IllegalStateException if too many rates are in force
     */
    public Budgets budgets(Rate rate, Duration maxDelay) {
        return budgets(List.of(rate), maxDelay).get(0);
    }

    /** Puts all rates of a policy in force, or none, as {@link #budgets(Rate, Duration)} does. */
    public List<Budgets> budgets(List<Rate> rates, Duration maxDelay) {
        List<Gcra> entered = changes.enter(rates, maxDelay.toNanos());
        beyond = horizon.beyond();
        return IntStream.range(0, entered.size())
                .mapToObj(index -> new Budgets(this, entered.get(index), index))
                .toList();
    }

    /** Returns the blackouts of all keys, each of which lasts {@code nanos} nanoseconds. */
    public Blackouts blackouts(long nanos) {
        hasBlackouts = true;
        return new Blackouts(this, numbers.blackouts().gcra().anew(), nanos);
    }

    /**
     * Replaces the budgets and blackouts of one policy by those of another, which are already in force. A debt becomes
     * a debt of the same number of permits at the rate with the same index in the other policy. Current blackouts last
     * at most the new length from now on, and end if the new policy has none.
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

    /** Releases budgets, so that their rates are no longer in force. Debts stay as they are. */
    public void release(List<Budgets> budgets) {
        changes.release(gcras(budgets));
    }

    private static List<Gcra> gcras(List<Budgets> budgets) {
        return budgets.stream().map(Budgets::gcra).toList();
    }

    /** Ends the blackout of a key, under any policy. */
    public void endBlackout(long key) {
        if (hasBlackouts) {
            giveBacks.reset(Blackouts.cellOf(key), numbers.blackouts().gcra(), clock());
        }
    }

    /**
     * Shortens all blackouts to at most {@code nanos} nanoseconds from now on. The caller makes sure that no blackout
     * begins meanwhile.
     */
    void shortenBlackouts(long nanos) {
        stripes.awaitAll();
        upkeep.shorten(numbers.blackouts().gcra(), nanos, () -> enter(clock()));
    }

    /** Returns how often a key in debt was forgotten for a new key. */
    public long evictedInDebt() {
        return locked.evictedInDebt();
    }

    /** Returns the number of cells in debt now. Scans the whole table. */
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

    /** Returns an anchor of the horizon. It must be read after a cell. */
    long anchor() {
        return anchor;
    }

    /** Returns the mask of bits: if a time since the anchor has any of them, the horizon must be asked. */
    long beyond() {
        return beyond;
    }

    Places places() {
        return places;
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

    /** Gives a debt to a key without one, unless the arithmetic is no longer in force. */
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

    /** Decreases the debt of a key by a cost, down to zero. */
    void refund(long fingerprint, Gcra rate, long cost, long clock) {
        if (!giveBacks.refund(fingerprint, rate, cost, clock)) {
            meanwhile(fingerprint, rate, clock, again -> giveBacks.refund(fingerprint, again, cost, clock));
        }
    }

    /** Cancels a reservation: see {@link Refunds#cancel}. */
    void cancel(long fingerprint, Gcra rate, Receipt receipt, long atMost, long clock) {
        if (!giveBacks.cancel(fingerprint, rate, receipt, atMost, clock)) {
            meanwhile(fingerprint, rate, clock, again -> giveBacks.cancel(fingerprint, again, receipt, atMost, clock));
        }
    }

    /** Ends the debt of a key. Earlier reservations can no longer give anything back. */
    void reset(long fingerprint, Gcra rate, long clock) {
        if (!giveBacks.reset(fingerprint, rate, clock)) {
            meanwhile(fingerprint, rate, clock, again -> giveBacks.reset(fingerprint, again, clock));
        }
    }

    /**
     * Converts the cell of a key to the units of a rate. Does nothing if the rate was replaced meanwhile, because that
     * change converts the cell.
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

    /**
     * Returns the debt of a key in a rate's units; or {@link Outcome#SATURATED} if it is new and would find no place.
     */
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
                // The number kept its meaning meanwhile, and no sweep has changed the cell.
                if (from != null && places.cell(place) == before && numbers.of(number) == from) {
                    return debt > 0 || isOfRate ? debt : rate.startDebt(now);
                }
            }
            Thread.onSpinWait();
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
}
