package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Rate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a walk through all cells frees, converts and shortens, and what it leaves alone. */
class SweeperTest {

    private static final long NOW = 5_000_000_000L;
    private static final long TENTH = 100_000_000;
    private static final long VERSION = 0x40;

    private final RateNumbers numbers = new RateNumbers();
    private final Scale ten = numbered(Rate.perSecond(10));
    private final Scale twenty = numbered(Rate.perSecond(20));
    private final Scale blackouts = numbers.blackouts();
    private final Places places = new Places(5);
    private final Sweeper sweeper = new Sweeper(places, numbers);

    private Scale numbered(Rate rate) {
        Scale scale = new Scale(rate, Units.of(rate), Objects.requireNonNull(numbers.next()), 0);
        numbers.give(scale);
        return scale;
    }

    private static int place(int way) {
        return Places.FIRST + way * Places.STEP;
    }

    private void owes(int way, Scale scale, long permits) {
        Gcra gcra = scale.gcra();
        places.exchange(place(way), 0, gcra.cell(gcra.reading(NOW), gcra.cost(permits), VERSION));
    }

    private long debt(int way, Scale scale) {
        long cell = places.cell(place(way));
        assertThat(Cell.number(cell)).isEqualTo(scale.number());
        assertThat(cell & Cell.VERSION).isEqualTo(VERSION);
        return Gcra.debt(cell, scale.gcra().reading(NOW));
    }

    @Test
    void aSweepFreesWhatHasPassedAtAnyRateAndKeepsTheRest() {
        owes(0, ten, 2);
        owes(1, twenty, 5);
        owes(2, blackouts, 2 * TENTH);
        owes(3, ten, 3);
        owes(4, blackouts, 2 * TENTH + 1);
        places.exchange(place(5), 0, Cell.HAND_OVER);
        sweeper.sweep(NOW, NOW + 2 * TENTH);
        assertThat(places.cell(place(0))).isEqualTo(VERSION);
        assertThat(debt(1, twenty)).isEqualTo(twenty.gcra().cost(5));
        assertThat(places.cell(place(2))).isEqualTo(VERSION);
        assertThat(debt(3, ten)).isEqualTo(ten.gcra().cost(3));
        assertThat(debt(4, blackouts)).isPositive();
        assertThat(places.cell(place(5))).isEqualTo(Cell.HAND_OVER);
        assertThat(places.cell(place(6))).isZero();
    }

    @Test
    void debtsAreConvertedToTheSuccessorOfTheirRate() {
        owes(0, ten, 2);
        owes(1, ten, 0);
        owes(2, twenty, 7);
        @Nullable Gcra[] to = new Gcra[Cell.BLACKOUT + 1];
        to[ten.number()] = twenty.gcra();
        boolean[] left = sweeper.convert(List.of(ten), to, false, NOW);
        assertThat(debt(0, twenty)).isEqualTo(twenty.gcra().cost(2));
        assertThat(places.cell(place(1))).as("out of debt").isEqualTo(VERSION);
        assertThat(debt(2, twenty)).as("another rate").isEqualTo(twenty.gcra().cost(7));
        assertThat(left[ten.number()]).isFalse();
        assertThat(left[twenty.number()]).isTrue();
    }

    @Test
    void aStrictConversionKeepsTheTimeThatADebtTakes() {
        owes(0, ten, 2);
        @Nullable Gcra[] to = new Gcra[Cell.BLACKOUT + 1];
        to[ten.number()] = twenty.gcra();
        sweeper.convert(List.of(ten), to, true, NOW);
        assertThat(debt(0, twenty)).isEqualTo(twenty.gcra().cost(4));
    }

    @Test
    void debtsWithoutASuccessorStayAndTheirNumberIsStillInCells() {
        owes(0, ten, 2);
        owes(1, twenty, 0);
        boolean[] left = sweeper.convert(List.of(ten, twenty), new Gcra[Cell.BLACKOUT + 1], false, NOW);
        assertThat(debt(0, ten)).isEqualTo(ten.gcra().cost(2));
        assertThat(places.cell(place(1))).isEqualTo(VERSION);
        assertThat(left[ten.number()]).isTrue();
        assertThat(left[twenty.number()]).isFalse();
    }

    @Test
    void blackoutsAreShortenedAndDebtsAreNot() {
        owes(0, blackouts, 3 * TENTH);
        owes(1, blackouts, TENTH);
        owes(2, ten, 9);
        sweeper.shorten(blackouts.gcra(), 2 * TENTH, () -> NOW);
        assertThat(debt(0, blackouts)).isEqualTo(blackouts.gcra().cost(2 * TENTH));
        assertThat(debt(1, blackouts)).isEqualTo(blackouts.gcra().cost(TENTH));
        assertThat(debt(2, ten)).isEqualTo(ten.gcra().cost(9));
        sweeper.shorten(blackouts.gcra(), 0, () -> NOW);
        assertThat(places.cell(place(0))).as("ended").isEqualTo(VERSION);
        assertThat(places.cell(place(1))).isEqualTo(VERSION);
    }

    /** The clock is read again after the cell: when this one began, the walk had read an earlier instant. */
    @Test
    void aBlackoutThatBeginsDuringTheWalkKeepsItsLength() {
        owes(0, blackouts, 3 * TENTH);
        long[] now = {NOW - 3 * TENTH};
        sweeper.shorten(blackouts.gcra(), 3 * TENTH, () -> now[0] += 2 * TENTH);
        assertThat(debt(0, blackouts)).isEqualTo(blackouts.gcra().cost(3 * TENTH));
    }

    @Test
    void aCellIsReadInTheUnitsOfAnyRate() {
        owes(0, ten, 2);
        long cell = places.cell(place(0));
        assertThat(sweeper.inUnitsOf(ten.gcra(), cell, NOW)).isEqualTo(cell);
        assertThat(sweeper.inUnitsOf(ten.gcra(), VERSION, NOW)).as("free").isEqualTo(VERSION);
        long other = sweeper.inUnitsOf(twenty.gcra(), cell, NOW);
        assertThat(Gcra.debt(other, twenty.gcra().reading(NOW)))
                .isEqualTo(twenty.gcra().cost(2));
    }
}
