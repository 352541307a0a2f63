package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.WhenSaturated;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Bounded table of the cells of many keys. Its memory is fixed when it is created, whatever keys arrive.
 *
 * <p>A key is identified by its <i>fingerprint</i>, 64 bits that clients cannot predict. A place holds a fingerprint
 * and a cell ({@link Places}). Places are grouped in sets of eight, two cache lines, like a hardware cache. A key may
 * be in one of two sets: its <i>home</i>, or a second set, which it uses only when its home is full of keys in debt.
 *
 * <p><b>Several rates.</b> A cell contains a number that says in the units of which rate it counts
 * ({@link RateNumbers}). A cell in units of another rate, because its key has a new rate now, counts as a debt of the
 * same number of permits. The next request for permits converts it, under the lock of the key's stripe. All other
 * operations that give a number to a cell hold that lock, too ({@link LockedCharges}).
 *
 * <p>{@link Charges} charges a key. {@link Budgets} and {@link Blackouts} are the interface in permits and nanoseconds.
 */
public final class CellTable {

    /** The most keys that a table can be sized for. */
    public static final int MAX_KEYS = 500_000_000;

    private final TimeSource time;
    private final RateNumbers numbers;
    private final Places places;
    private final Charges charges;
    private volatile boolean hasBlackouts;

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
        Horizon horizon = new Horizon(numbers.blackouts().gcra().units(), built);
        this.places = new Places(maxKeys);
        this.charges =
                new Charges(places, numbers, horizon, whenSaturated == WhenSaturated.EVICT, time, built, onEviction);
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
        List<Gcra> entered = charges.enterRates(rates, maxDelay.toNanos());
        return IntStream.range(0, entered.size())
                .mapToObj(index -> new Budgets(this, charges, entered.get(index), index))
                .toList();
    }

    /** Returns the blackouts of all keys, each of which lasts {@code nanos} nanoseconds. */
    public Blackouts blackouts(long nanos) {
        hasBlackouts = true;
        return new Blackouts(this, charges, numbers.blackouts().gcra().anew(), nanos);
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
        charges.changes().replace(gcras(before), gcras(after));
        if (blackoutsBefore != null) {
            blackoutsBefore.giveWayTo(blackoutsAfter);
        }
    }

    /** Releases budgets, so that their rates are no longer in force. Debts stay as they are. */
    public void release(List<Budgets> budgets) {
        charges.changes().release(gcras(budgets));
    }

    private static List<Gcra> gcras(List<Budgets> budgets) {
        return budgets.stream().map(Budgets::gcra).toList();
    }

    /** Ends the blackout of a key, under any policy. */
    public void endBlackout(long key) {
        if (hasBlackouts) {
            charges.giveBacks()
                    .end(Fingerprints.ofBlackout(key), numbers.blackouts().gcra(), clock());
        }
    }

    /**
     * Shortens all blackouts to at most {@code nanos} nanoseconds from now on. The caller makes sure that no blackout
     * begins meanwhile.
     */
    void shortenBlackouts(long nanos) {
        charges.shorten(numbers.blackouts().gcra(), nanos, () -> charges.enter(clock()));
    }

    /** Returns how often a key in debt was forgotten for a new key. */
    public long evictedInDebt() {
        return charges.evictedInDebt();
    }

    /** Returns the number of cells in debt now. Scans the whole table. */
    public long debts() {
        long now = charges.enter(clock());
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
        long reading = rate.reading(charges.enter(clock));
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

    Charges charges() {
        return charges;
    }

    Places places() {
        return places;
    }
}
