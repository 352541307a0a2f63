package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Rate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which rates are in force on a table, and what becomes of the cells of those that no longer are.
 *
 * <p>A rate in force has a claim to its {@linkplain Scale number}. When the last claim is released, the number is given up
 * as soon as no cell has it, and then means other units. A thread that had the rate before may stand still anywhere
 * meanwhile. What it does with a cell afterwards is right, because of five rules:
 *
 * <ol>
 *   <li>Who compares a cell's number with a rate's reads the cell first, then the rate ({@link Gcra#inForce}). A release
 *       comes before any cell in other units; so who meets such a cell finds the rate released.
 *   <li>A known key is charged without a lock only if its cell has the rate's number already; the exchange gives it the
 *       same number. All else that makes a cell of a rate or judges one by its number, but for a look, is done under the
 *       lock of a stripe, after a look whether the rate is in force.
 *   <li>After a release, each stripe is locked once before the cells are converted. From then on nobody can give the number
 *       to a cell that has another, or none.
 *   <li>Once the conversion has been everywhere, no cell has the number, and none can get it: an exchange without a lock
 *       needs a cell that has it. Each stripe is locked once more, and a sweep awaited, so that nobody is left who judges a
 *       cell of before.
 *   <li>Numbers are given in turn. An exchange that is still to come expects a cell of before, which is gone. What is left is
 *       that a cell in the new units is the same to the last bit: {@code docs/design/0020-rate-numbers.md} has the bound.
 * </ol>
 *
 * <p>So nothing is waited for but locks that are held for some ten nanoseconds, and one walk through the table; and a call
 * for a known key costs what it would if rates never changed.
 *
 * <p><b>Without a successor.</b> A released rate whose debts no other takes over keeps its number, because they go on
 * being forgiven at its speed. When the last number is needed, its debts become debts at the rate that is most like it,
 * of as many permits and as much time: never less than is owed.
 *
 * <p>One number is kept for calls that were under way when their rate was released.
 */
final class RateChanges {

    /** More than any rate is faster than another. */
    private static final double ANOTHER_WAY = 1e30;

    private final ReentrantLock changing = new ReentrantLock();
    private final RateNumbers numbers;
    private final Sweeper upkeep;
    private final Stripes stripes;
    private final Horizon horizon;
    private final LongSupplier instant;
    private final long built;

    /** The rate that replaced another at each index last, if it is in force. */
    private List<Gcra> latest = List.of();

    /**
     * Creates the changes of a table.
     *
     * @param instant tells the instant to decide at
     * @param built the instant from which on keys never seen regain their permits
     */
    RateChanges(
            RateNumbers numbers, Sweeper upkeep, Stripes stripes, Horizon horizon, LongSupplier instant, long built) {
        this.numbers = numbers;
        this.upkeep = upkeep;
        this.stripes = stripes;
        this.horizon = horizon;
        this.instant = instant;
        this.built = built;
    }

    /**
     * Puts the rates of a policy in force, all or none.
     *
     * @throws IllegalArgumentException if one cannot be kept
     * @throws IllegalStateException if too many are in force
     */
    List<Gcra> enter(List<Rate> rates, long maxDelay) {
        List<Units> units = rates.stream().map(rate -> Units.of(rate, maxDelay)).toList();
        List<Gcra> entered = new ArrayList<>();
        changing.lock();
        try {
            for (int index = 0; index < rates.size(); index++) {
                if (!isClaimed(units.get(index), index) && claimed() >= numbers.most()) {
                    throw tooMany();
                }
                horizon.narrow(units.get(index));
                entered.add(claim(rates.get(index), units.get(index), maxDelay, index));
            }
        } finally {
            if (entered.size() < rates.size()) {
                entered.forEach(this::release);
            }
            changing.unlock();
        }
        return entered;
    }

    private IllegalStateException tooMany() {
        return new IllegalStateException("more than " + numbers.most()
                + " different rates would be in force in one limiter: let policies share rates (those that differ only in"
                + " capacity count once for each place among the rates of a policy), or use several limiters");
    }

    private boolean isClaimed(Units units, int index) {
        Scale known = numbers.find(units, index);
        return known != null && known.isClaimed();
    }

    private long claimed() {
        return numbers.all().stream().filter(Scale::isClaimed).count();
    }

    private Gcra claim(Rate rate, Units units, long maxDelay, int index) {
        return scale(rate, units, index).claim(rate, units, maxDelay, built);
    }

    private Scale scale(Rate rate, Units units, int index) {
        Scale known = numbers.find(units, index);
        if (known != null) {
            return known;
        }
        Integer number = numbers.next();
        while (number == null) {
            makeRoom();
            number = numbers.next();
        }
        Scale scale = new Scale(rate, units, number, index);
        numbers.give(scale);
        return scale;
    }

    /** Says that rates are no longer in force. */
    void release(List<Gcra> rates) {
        changing.lock();
        try {
            rates.forEach(this::release);
        } finally {
            changing.unlock();
        }
    }

    private void release(Gcra rate) {
        rate.scale().release(rate);
    }

    /**
     * Puts rates that have been entered in the place of others: debts become debts of as many permits at the rate of the same
     * index.
     */
    void replace(List<Gcra> before, List<Gcra> after) {
        changing.lock();
        try {
            before.forEach(this::release);
            latest = List.copyOf(after);
            @Nullable Gcra[] successors = new Gcra[Cell.BLACKOUT + 1];
            for (Scale scale : numbers.unclaimed()) {
                successors[scale.number()] = scale.index() < after.size() ? after.get(scale.index()) : null;
            }
            convert(successors, false);
        } finally {
            changing.unlock();
        }
    }

    /**
     * Does something at a rate of before as if it were still in force.
     *
     * @param done what is to be done, at the same rate with a claim
     * @param settled what then makes the key's debt one at the rate that has replaced it, if any has
     */
    long meanwhile(Gcra released, ToLongFunction<Gcra> done, Consumer<Gcra> settled) {
        changing.lock();
        try {
            int index = released.scale().index();
            Gcra again = claim(released.rate(), released.units(), released.maxDelay(), index);
            try {
                return done.applyAsLong(again);
            } finally {
                if (index < latest.size() && latest.get(index).isInForce()) {
                    settled.accept(latest.get(index));
                }
                release(again);
            }
        } finally {
            changing.unlock();
        }
    }

    /** Makes at least one number free: of a rate without debts, or of the one whose debts suit another best. */
    private void makeRoom() {
        @Nullable Gcra[] successors = new Gcra[Cell.BLACKOUT + 1];
        if (convert(successors, false) > 0) {
            return;
        }
        List<Scale> all = numbers.all();
        Scale least = null;
        Scale nearest = null;
        for (Scale scale : numbers.unclaimed()) {
            Scale other = all.stream()
                    .filter(one -> one.number() != scale.number())
                    .min(Comparator.comparingDouble(one -> strangeness(scale, one)))
                    .orElseThrow();
            if (least == null || nearest == null || strangeness(scale, other) < strangeness(least, nearest)) {
                least = scale;
                nearest = other;
            }
        }
        if (least != null && nearest != null) {
            successors[least.number()] = nearest.gcra();
            convert(successors, true);
        }
    }

    /** How ill it suits debts to go from one rate to another: better to a slower one than a faster, where they grow. */
    private static double strangeness(Scale from, Scale to) {
        double slower = from.timesAsFastAs(to);
        double speed = slower >= 1 ? slower : ANOTHER_WAY / slower;
        return from.index() == to.index() ? speed : ANOTHER_WAY * ANOTHER_WAY * speed;
    }

    /**
     * Converts the debts of unclaimed rates to those of others, and gives up the numbers that no cell has then; returns how
     * many.
     *
     * @param successors the others, by number; none where debts are to stay as they are
     * @param strictly whether debts become those of as much time, too
     */
    private int convert(@Nullable Gcra[] successors, boolean strictly) {
        List<Scale> unclaimed = numbers.unclaimed();
        if (unclaimed.isEmpty()) {
            return 0;
        }
        stripes.awaitAll();
        boolean[] left = upkeep.convert(unclaimed, successors, strictly, instant.getAsLong());
        stripes.awaitAll();
        horizon.awaitSweep();
        int given = 0;
        for (Scale scale : unclaimed) {
            if (!left[scale.number()]) {
                numbers.giveUp(scale);
                given++;
            }
        }
        return given;
    }
}
