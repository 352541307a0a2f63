package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Rate;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a receipt knows of a charge, and of what was taken and given back since. */
class ReceiptTest {

    private static final Rate RATE = Rate.perSecond(10);
    private static final long NOW = 1_000;

    private final RateNumbers numbers = new RateNumbers();
    private final Scale scale = numbered();
    private final Gcra gcra = scale.gcra();
    private final long reading = gcra.reading(NOW);

    /** The cell after a charge of three permits, in a place of the third owner. */
    private final long charged = gcra.charged(0x80, reading, gcra.cost(3));

    private final Receipt receipt = new Receipt();

    private Scale numbered() {
        Scale made = new Scale(RATE, Units.of(RATE), Objects.requireNonNull(numbers.next()), 0);
        numbers.give(made);
        return made;
    }

    private void write() {
        receipt.write(charged, gcra.cost(3), NOW + 300_000_000, scale);
    }

    @Test
    void nothingTakenSinceIsZeroAndTheRestIsCountedInUnits() {
        write();
        assertThat(receipt.added()).isEqualTo(gcra.cost(3));
        assertThat(receipt.takenSince(charged, 0)).isZero();
        assertThat(receipt.takenSince(gcra.charged(charged, reading, gcra.cost(2)), 0))
                .isEqualTo(gcra.cost(2));
    }

    @Test
    void whatWasTakenAndGivenBackCountsAsTaken() {
        write();
        long permit = gcra.units().perPermit();
        assertThat(receipt.takenSince(charged, permit)).isEqualTo(gcra.cost(1));
        long behind = gcra.cell(reading, gcra.cost(2), charged);
        assertThat(receipt.takenSince(behind, permit)).as("one given back").isZero();
    }

    @Test
    void aCellThatIsNotTheChargedOneAnyMoreHasTakenAll() {
        write();
        long nextOwner = gcra.charged(Cell.nextOwner(charged), reading, gcra.cost(3));
        long otherRate = charged ^ 1;
        long behind = gcra.cell(reading, gcra.cost(2), charged);
        assertThat(receipt.takenSince(nextOwner, 0)).isEqualTo(Long.MAX_VALUE);
        assertThat(receipt.takenSince(otherRate, 0)).isEqualTo(Long.MAX_VALUE);
        assertThat(receipt.takenSince(Cell.freed(charged), 0)).isEqualTo(Long.MAX_VALUE);
        assertThat(receipt.takenSince(behind, 0)).isEqualTo(Long.MAX_VALUE);
        assertThat(receipt.takenSince(charged, 1L << 56)).as("a whole round").isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theRefillHasMadeTheChargeUpWhenItsPositionHasPassed() {
        write();
        assertThat(receipt.hasPassed(NOW + 299_999_999)).isFalse();
        assertThat(receipt.hasPassed(NOW + 300_000_000)).isTrue();
        receipt.write(charged, gcra.cost(3), Long.MIN_VALUE + 5, scale);
        assertThat(receipt.hasPassed(Long.MAX_VALUE)).as("the clock wraps").isFalse();
    }

    @Test
    void eachSumIsComparedWithItsOwnValueBeforeTheCharge() {
        for (int row = 0; row < Refunds.ROWS; row++) {
            receipt.begin(row, 10L * row);
        }
        for (int row = 0; row < Refunds.ROWS; row++) {
            assertThat(receipt.givenBackSince(row, 100)).isEqualTo(100 - 10L * row);
        }
    }

    @Test
    void aNumberThatWasGivenUpNeverHasTheSameMeaningAgain() {
        assertThat(receipt.isIn(numbers)).as("nothing written").isFalse();
        write();
        assertThat(receipt.isIn(numbers)).isTrue();
        numbers.giveUp(scale);
        assertThat(receipt.isIn(numbers)).isFalse();
        numbers.give(new Scale(RATE, Units.of(RATE), scale.number(), 0));
        assertThat(receipt.isIn(numbers)).as("the same units, again").isFalse();
    }
}
