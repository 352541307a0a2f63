package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Rate;
import org.junit.jupiter.api.Test;

/** The arithmetic of a rate on cells, by hand. */
class GcraTest {

    private static final long NOW = 7_000_000_001L;
    private static final long TENTH = 100_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final long UNIT = 1L << Cell.SHIFT;

    private final Gcra ten = new Gcra(Rate.perSecond(10));
    private final Gcra three = new Gcra(Rate.perSecond(3));
    private final Gcra one = new Gcra(Rate.perSecond(1));

    private static long charge(Gcra gcra, long cell, long now, long permits) {
        return gcra.charged(cell, gcra.reading(now), gcra.cost(permits));
    }

    private static long debt(Gcra gcra, long cell, long now) {
        return Gcra.debt(cell, gcra.reading(now));
    }

    @Test
    void aChargeIsOwedAndPassesWithTime() {
        long cell = charge(ten, Cell.VERSION, NOW, 3);
        assertThat(Cell.number(cell)).isEqualTo(ten.number());
        assertThat(cell & Cell.VERSION).as("the same owner").isEqualTo(Cell.VERSION);
        assertThat(debt(ten, cell, NOW)).isEqualTo(ten.cost(3));
        assertThat(debt(ten, cell, NOW + TENTH)).isEqualTo(ten.cost(2));
        assertThat(debt(ten, cell, NOW + 3 * TENTH - 1)).isPositive();
        assertThat(debt(ten, cell, NOW + 3 * TENTH)).isZero();
        assertThat(debt(ten, cell, NOW + SECOND)).isZero();
    }

    @Test
    void aChargeAddsToADebtAndNotToTimeThatHasPassed() {
        long cell = charge(ten, Cell.FREE, NOW, 3);
        assertThat(debt(ten, charge(ten, cell, NOW + TENTH, 4), NOW + TENTH)).isEqualTo(ten.cost(6));
        assertThat(debt(ten, charge(ten, cell, NOW + SECOND, 4), NOW + SECOND)).isEqualTo(ten.cost(4));
    }

    @Test
    void aRequestIsAllowedFromTheNanosecondAtWhichItsPermitsAreThere() {
        long empty = charge(ten, Cell.FREE, NOW, 10);
        for (int permits = 1; permits <= 10; permits++) {
            long from = Gcra.allowedFrom(empty, ten.cost(permits), ten.full());
            assertThat(ten.reading(NOW + permits * TENTH) - from).isZero();
            assertThat(ten.reading(NOW + permits * TENTH - 1) - from).isNegative();
            assertThat(ten.missing(ten.full(), permits)).isEqualTo(ten.cost(permits));
            assertThat(ten.debtOfRefusal(-ten.cost(permits), permits)).isEqualTo(ten.full());
        }
        assertThat(ten.missing(ten.cost(4), 6)).isZero();
    }

    @Test
    void whatRemainsIsRoundedDownAndWaitsAreRoundedUp() {
        assertThat(three.nanos(three.cost(1))).isEqualTo(333_333_334);
        assertThat(three.nanos(three.cost(3))).isEqualTo(SECOND);
        assertThat(three.nanos(1)).isEqualTo(1);
        assertThat(three.nanos(-UNIT)).isZero();
        assertThat(three.remaining(three.cost(2))).isEqualTo(1);
        assertThat(three.remaining(three.cost(2) + UNIT)).isZero();
        assertThat(three.remaining(three.cost(5))).isZero();
    }

    @Test
    void theClockMayWrap() {
        long cell = charge(three, Cell.FREE, Long.MAX_VALUE, 3);
        assertThat(debt(three, cell, Long.MAX_VALUE)).isEqualTo(three.full());
        assertThat(debt(three, cell, Long.MIN_VALUE + SECOND - 2)).isEqualTo(3 * UNIT);
        assertThat(debt(three, cell, Long.MIN_VALUE + SECOND - 1)).isZero();
    }

    @Test
    void aNewKeyIsInDebtUntilItWouldBeFull() {
        Gcra slow = new Gcra(Rate.perSecond(10).initially(4)).builtAt(NOW);
        assertThat(slow.startDebt(NOW)).isEqualTo(slow.cost(6));
        assertThat(slow.debtAt(Cell.FREE, NOW + TENTH)).isEqualTo(slow.cost(5));
        long started = slow.started(Cell.VERSION, NOW);
        assertThat(debt(slow, started, NOW)).isEqualTo(slow.cost(6));
        assertThat(started & Cell.VERSION).isEqualTo(Cell.VERSION);
        assertThat(slow.isStarting(NOW + 6 * TENTH - 1)).isTrue();
        assertThat(slow.isStarting(NOW + 6 * TENTH)).isFalse();
        assertThat(slow.started(Cell.FREE, NOW + 6 * TENTH)).isEqualTo(Cell.FREE);
        assertThat(ten.builtAt(NOW)).as("starts full").isSameAs(ten);
    }

    @Test
    void aConvertedDebtIsTheSameNumberOfPermitsRoundedUp() {
        assertThat(ten.converted(three.cost(2), three)).isEqualTo(ten.cost(2));
        assertThat(ten.converted(UNIT, three)).isEqualTo(UNIT);
        assertThat(ten.converted(0, three)).isZero();
        assertThat(ten.convertedStrictly(one.cost(1), one)).as("a second").isEqualTo(ten.cost(10));
        assertThat(one.convertedStrictly(ten.cost(1), ten)).as("a permit").isEqualTo(one.cost(1));
    }

    @Test
    void aConvertedDebtEndsWhereACellHasNoRoom() {
        Gcra yearly = new Gcra(Rate.perDay(1).burst(365));
        assertThat(three.convertedStrictly(yearly.full(), yearly)).isEqualTo(three.mostDebt());
        assertThat(three.mostDebt()).isGreaterThan(three.full());
    }

    @Test
    void aConvertedCellHasItsOwnersVersionAndTheOtherNumber() {
        long cell = charge(three, Cell.VERSION, NOW, 2);
        long converted = ten.converted(cell, three, false, NOW);
        assertThat(debt(ten, converted, NOW)).isEqualTo(ten.cost(2));
        assertThat(converted & Cell.VERSION).isEqualTo(Cell.VERSION);
        assertThat(ten.converted(cell, three, false, NOW + SECOND)).isEqualTo(Cell.VERSION | Cell.FREE);
    }

    @Test
    void aPositionHasPassedHoweverMuchLaterItIs() {
        long cell = charge(three, Cell.FREE, NOW, 3);
        assertThat(three.hasPassed(cell, NOW, NOW + SECOND - 1)).isFalse();
        assertThat(three.hasPassed(cell, NOW, NOW + SECOND)).isTrue();
        assertThat(three.hasPassed(cell, NOW, Long.MIN_VALUE + NOW - 1)).isTrue();
        long passed = three.cell(three.reading(NOW), -three.cost(3), Cell.FREE);
        assertThat(three.hasPassed(passed, NOW, NOW - SECOND)).isTrue();
        assertThat(three.hasPassed(passed, NOW, NOW - SECOND - 1)).isFalse();
    }

    @Test
    void aReleasedRateHasTheNumberOfNoCell() {
        Gcra again = ten.anew();
        assertThat(ten.inForce()).isEqualTo(ten.number());
        ten.release();
        assertThat(ten.isInForce()).isFalse();
        for (long number = 0; number <= Cell.HAND_OVER; number++) {
            assertThat(number).isNotEqualTo(ten.inForce());
        }
        assertThat(again.isInForce()).isTrue();
    }
}
