package dev.ratelimit.core.internal.cells;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that tell in whose units the position of a cell is, for all rates of a table.
 *
 * <p>Rates of equal units at the same index of their policies share a number: 100 a second is the same with any capacity.
 * Numbers are given in turn, so that the one that was given up first is given again first.
 *
 * <p>What a number means can be asked by any thread, without a lock. Everything else is done under the lock of
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

    /** Creates fewer numbers than there could be, which are given again the sooner. */
    RateNumbers(int last) {
        this.last = last;
        scales.set(Cell.BLACKOUT, blackouts);
        for (int number = Cell.FIRST_RATE; number <= last; number++) {
            free.add(number);
        }
    }

    /** How many scales may be claimed for long: one number is for calls that were under way when their rate was released. */
    int most() {
        return last - 1;
    }

    Scale blackouts() {
        return blackouts;
    }

    /** The arithmetic of the cells with this number; none if it was just given up, so that the cell has changed. */
    @Nullable
    Gcra of(long number) {
        Scale scale = scales.get((int) number);
        return scale == null ? null : scale.gcra();
    }

    /** Whether a scale still has its number. */
    boolean hasNumber(Scale scale) {
        return isSame(scales.get(scale.number()), scale);
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(@Nullable Scale one, Scale other) {
        return one == other;
    }

    /** The scale of these units at an index, if they have a number. */
    @Nullable
    Scale find(Units units, int index) {
        for (Scale scale : all()) {
            if (scale.isFor(units, index)) {
                return scale;
            }
        }
        return null;
    }

    /** The scales of rates. */
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

    /** The scales that nobody has a claim to. */
    List<Scale> unclaimed() {
        return all().stream().filter(scale -> !scale.isClaimed()).toList();
    }

    /** The number for a new scale; none if all are given. */
    @Nullable
    Integer next() {
        return free.poll();
    }

    /** Lets a scale have the number that was taken for it. */
    void give(Scale scale) {
        scales.set(scale.number(), scale);
    }

    /** Takes the number from a scale that has no cell, and of which no cell can be made. */
    void giveUp(Scale scale) {
        scales.set(scale.number(), null);
        free.add(scale.number());
    }
}
