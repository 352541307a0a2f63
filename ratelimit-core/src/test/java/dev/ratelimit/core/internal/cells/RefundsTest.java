package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a cancelled reservation gives back, whatever other keys are given back, and however late it is cancelled. */
class RefundsTest {

    private final ManualTime time = new ManualTime();
    private final CellTable table = new CellTable(100_000, WhenSaturated.EVICT, time);

    /** Keys' fingerprints; the seed is fixed, so that what meets in a sum is the same each time. */
    private final SplittableRandom random = new SplittableRandom(12);

    private long fingerprint() {
        return CellTable.fingerprint(random.nextLong());
    }

    /** Of so many reservations, those that gave nothing back though nothing was taken since, but others were given back. */
    private int voided(int reservations, int othersGivenBack) {
        Budgets budgets = table.budgets(Rate.perSecond(10), Duration.ZERO);
        long[] keys = random.longs(reservations).map(CellTable::fingerprint).toArray();
        Receipt[] receipts = new Receipt[reservations];
        for (int i = 0; i < reservations; i++) {
            receipts[i] = new Receipt();
            assertThat(budgets.take(keys[i], 5, time.nanos(), receipts[i])).isGreaterThan(0);
        }
        for (int i = 0; i < othersGivenBack; i++) {
            long other = fingerprint();
            budgets.take(other, 10);
            budgets.refund(other, 10);
        }
        int voided = 0;
        for (int i = 0; i < reservations; i++) {
            budgets.cancel(keys[i], 5, receipts[i]);
            voided += budgets.debt(keys[i], time.nanos()) > 0 ? 1 : 0;
        }
        return voided;
    }

    /** Once failed: 86 of 200 gave nothing back. */
    @Test
    void otherKeysRefundsVoidNoCancellation() {
        assertThat(voided(200, 600)).isZero();
    }

    /** What the guide says of the odds. */
    @Test
    void whereThousandsAreGivenBackFewCancellationsGiveBackLess() {
        assertThat(voided(10_000, 1_000)).isLessThan(10);
        assertThat(voided(10_000, 5_000)).isBetween(200, 700);
    }

    @Test
    void theKeysOwnRefundsCount() {
        Budgets budgets = table.budgets(Rate.perSecond(10), Duration.ZERO);
        long key = fingerprint();
        Receipt receipt = new Receipt();
        budgets.take(key, 5, time.nanos(), receipt);
        budgets.take(key, 3);
        budgets.refund(key, 3);
        // The position is as after the reservation, but what was given back was not the reservation's.
        budgets.cancel(key, 5, receipt);
        assertThat(budgets.snapshot(budgets.debt(key, time.nanos())).debt()).isEqualTo(5 - (5 - 3));
    }

    /** Once failed: after 72 s at this rate a position has the same number again, and so looked as if nothing was taken. */
    @Test
    void aReservationCancelledAfterPositionsHaveComeRoundGivesNothingBack() {
        Rate rate = Rate.perSecond(999_983);
        Budgets budgets = table.budgets(rate, Duration.ZERO);
        long key = fingerprint();
        Receipt receipt = new Receipt();
        budgets.take(key, 500_000, time.nanos(), receipt);
        long round = (1L << 56) / Units.of(rate).perNano() + 1;
        time.advanceNanos(round);
        assertThat(Duration.ofNanos(round)).isBetween(Duration.ofSeconds(72), Duration.ofSeconds(73));
        budgets.take(key, 500_000);
        budgets.cancel(key, 500_000, receipt);
        assertThat(budgets.snapshot(budgets.debt(key, time.nanos())).debt()).isEqualTo(500_000);
    }
}
