package dev.ratelimit.core.internal.cells;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of all rates of a table. The number in a cell says in the units of which rate its position is.
 *
 * <p>Rates with equal units at the same index of their policies share a number: for instance, 100 a second with any
 * capacity. Numbers are assigned in rotation: the number that was given up first is assigned again first.
 *
 * <p>Any thread may ask for the meaning of a number without a lock. Everything else needs the lock of
 * {@link RateChanges}.
 */
final class RateNumbers {

    private final AtomicReferenceArray<@Nullable Scale> scales = new AtomicReferenceArray<>(Cell.BLACKOUT + 1);

    private final Queue<Integer> free = new ArrayDeque<>();

    private final Scale blackouts = Gcra.ofBlackouts();

    private final int last;

    RateNumbers() {
        this(Cell.LAST_RATE);
    }

    /** Creates fewer numbers than possible, so that they are assigned again sooner. */
    RateNumbers(int last) {
        this.last = last;
        scales.set(Cell.BLACKOUT, blackouts);
        for (int number = Cell.FIRST_RATE; number <= last; number++) {
            free.add(number);
        }
    }

    /**
     * Returns how many scales may be claimed permanently: one number is reserved for calls that were under way when
     * their rate was released.
     */
    int most() {
        return last - 1;
    }

    Scale blackouts() {
        return blackouts;
    }

    /**
     * Returns the arithmetic of the cells with this number; null if the number was just given up, which means that the
     * cell has changed.
     */
    @Nullable
    Gcra of(long number) {
        Scale scale = scales.get((int) number);
        return scale == null ? null : scale.gcra();
    }

    /** Returns whether a scale still has its number. */
    boolean hasNumber(Scale scale) {
        return isSame(scales.get(scale.number()), scale);
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(@Nullable Scale one, Scale other) {
        return one == other;
    }

    /** Returns the scale of these units at an index, if they have a number. */
    @Nullable
    Scale find(Units units, int index) {
        for (Scale scale : all()) {
            if (scale.isFor(units, index)) {
                return scale;
            }
        }
        return null;
    }

    /** Returns the scales of all rates. */
    List<Scale> all() {
        List<Scale> all = new ArrayList<>();
        for (int number = Cell.FIRST_RATE; number <= Cell.LAST_RATE; number++) {
            Scale scale = scales.get(number);
            if (scale != null) {
                all.add(scale);
            }
        }
        return all;
    }

    /** Returns the scales without a claim. */
    List<Scale> unclaimed() {
        return all().stream().filter(scale -> !scale.isClaimed()).toList();
    }

    /** Returns the number for a new scale; null if all numbers are in use. */
    @Nullable
    Integer next() {
        return free.poll();
    }

    /** Assigns to a scale the number that was taken for it. */
    void give(Scale scale) {
        scales.set(scale.number(), scale);
    }

    /** Takes the number from a scale that no cell has, and that no cell can get. */
    void giveUp(Scale scale) {
        scales.set(scale.number(), null);
        free.add(scale.number());
    }
}
