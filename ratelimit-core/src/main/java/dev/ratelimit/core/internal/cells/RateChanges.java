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
 * The rates in force on a table, and the conversion of cells whose rates are no longer in force.
 *
 * <p>A rate in force has a claim to its {@linkplain Scale number}. After the last claim is released, the number is
 * given up as soon as no cell has it, and may then mean other units. A thread that still uses the old rate may be
 * paused anywhere meanwhile. What it does with a cell afterwards is correct, because of five rules:
 *
 * <ol>
 *   <li>A thread that compares the number of a cell with that of a rate reads the cell first, then the rate
 *       ({@link Gcra#inForce}). A release happens before any cell in other units is written. So a thread that reads
 *       such a cell finds the rate released.
 *   <li>A known key is charged without a lock only if its cell already has the rate's number, and the exchange keeps
 *       this number. All other operations that give a cell a number, or depend on its number, hold the lock of a stripe
 *       and first check that the rate is in force. Reads that change nothing are the exception.
 *   <li>After a release, each stripe is locked once before the cells are converted. From then on, no thread can give
 *       the number to a cell that has another number, or none.
 *   <li>Once the conversion has visited all cells, no cell has the number, and none can get it, because an exchange
 *       without a lock needs a cell that has it. Then each stripe is locked once more, and a running sweep is awaited,
 *       so that no thread is left that depends on an old cell.
 *   <li>Numbers are assigned in rotation. A delayed exchange expects an old cell, which no longer exists. It could
 *       succeed only if a cell in new units has exactly the same bits: {@code docs/design/0020-rate-numbers.md} has the
 *       bound.
 * </ol>
 *
 * <p>So a change waits only for locks that are held for about ten nanoseconds, and for one walk through the table. A
 * request of a known key costs the same as if rates never changed.
 *
 * <p><b>Without a successor.</b> A released rate without a successor keeps its number, because its debts continue to
 * shrink at its speed. When the last number is needed, its debts are converted to the most similar rate, so that they
 * have at least as many permits and take at least as much time.
 *
 * <p>One number is reserved for calls that were under way when their rate was released.
 */
final class RateChanges {

    /** A factor larger than that between any two rates. */
    private static final double ANOTHER_WAY = 1e30;

    private final ReentrantLock changing = new ReentrantLock();
    private final RateNumbers numbers;
    private final Sweeper upkeep;
    private final Stripes stripes;
    private final Horizon horizon;
    private final LongSupplier instant;
    private final long built;

    /** The rate that last replaced another at each index, if it is in force. */
    private List<Gcra> latest = List.of();

    /**
     * Creates the changes of a table.
     *
     * @param instant returns the instant to decide at
     * @param built the instant from which the refill of new keys counts
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
     * Puts all rates of a policy in force, or none.
     *
     * @throws IllegalArgumentException if the table cannot represent one of them
     * @throws IllegalStateException if too many rates are in force
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
                + " different rates would be in force in one limiter: let policies share rates (those that differ only"
                + " in capacity count once for each index among the rates of a policy), or use several limiters");
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

    /** Releases rates, which are then no longer in force. */
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
     * Replaces rates by others that are in force already. A debt becomes a debt of the same number of permits at the
     * rate with the same index.
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
     * Runs an operation at a released rate as if the rate were still in force.
     *
     * @param done the operation, which gets the same rate with a claim
     * @param settled converts the key's debt afterwards to the rate that has replaced the released one, if there is one
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

    /**
     * Makes at least one number free: that of a rate without debts, or else that of the rate whose debts fit another
     * rate best.
     */
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

    /**
     * Returns how badly debts of one rate fit another. A slower rate fits better than a faster one, where debts grow.
     */
    private static double strangeness(Scale from, Scale to) {
        double slower = from.timesAsFastAs(to);
        double speed = slower >= 1 ? slower : ANOTHER_WAY / slower;
        return from.index() == to.index() ? speed : ANOTHER_WAY * ANOTHER_WAY * speed;
    }

    /**
     * Converts the debts of unclaimed rates to other rates, and gives up the numbers that no cell has then; returns the
     * number of these.
     *
     * @param successors the other rates, by number; null where debts stay as they are
     * @param strictly whether debts must also take at least as much time as before
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
