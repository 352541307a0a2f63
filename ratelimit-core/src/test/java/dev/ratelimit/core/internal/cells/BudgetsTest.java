package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.Snapshot;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.ExactBucket;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The budgets of keys in permits: what is taken, looked at, charged, given back and told. */
class BudgetsTest {

    private static final long KEY = 77;
    private static final Rate TEN = Rate.perSecond(10);

    private final ManualTime time = new ManualTime(5);
    private final CellTable table = new CellTable(100, WhenSaturated.EVICT, time);
    private final Budgets budgets = table.budgets(TEN, Duration.ZERO);

    private long remaining() {
        return budgets.remaining(budgets.debt(KEY, time.nanos()));
    }

    @Test
    void aLookHasTheOutcomeOfTakingAndTakesNothing() {
        SplittableRandom random = new SplittableRandom(4);
        ExactBucket bucket = new ExactBucket(TEN);
        for (int i = 0; i < 2_000; i++) {
            long permits = random.nextLong(1, 11);
            long foreseen = budgets.look(KEY, permits, time.nanos());
            assertThat(budgets.take(KEY, permits)).isEqualTo(foreseen);
            assertThat(Outcome.isAllowed(foreseen)).isEqualTo(bucket.allows(time.nanos(), permits));
            if (Outcome.isAllowed(foreseen)) {
                bucket.take(time.nanos(), permits);
            } else {
                assertThat(budgets.retryNanos(foreseen)).isEqualTo(bucket.wait(time.nanos(), permits));
            }
            time.advanceNanos(random.nextLong(400_000_000));
        }
    }

    @Test
    void aKeyHasACellForEachRate() {
        List<Budgets> both = table.budgets(List.of(TEN, Rate.perMinute(20)), Duration.ZERO);
        both.get(0).take(KEY, 8);
        both.get(1).take(KEY, 3);
        assertThat(both.get(0).peek(KEY, 1).remaining()).isEqualTo(2);
        assertThat(both.get(1).peek(KEY, 1).remaining()).isEqualTo(17);
        assertThat(remaining()).as("the first rate of any policy").isEqualTo(2);
    }

    @Test
    void aChargeIsMadeWhetherThePermitsAreThereOrNot() {
        budgets.take(KEY, 4);
        assertThat(budgets.charge(KEY, 20, time.nanos(), null)).isEqualTo(20);
        assertThat(remaining()).isZero();
        assertThat(budgets.decide(KEY, 1).retryAfter()).isEqualTo(Duration.ofMillis(1500));
        assertThat(budgets.snapshot(budgets.debt(KEY, time.nanos())).debt()).isEqualTo(24);
    }

    @Test
    void aChargeForWhichACellHasNoRoomIsMadeAsFarAsThereIs() {
        long charged = budgets.charge(KEY, Long.MAX_VALUE, time.nanos(), null);
        assertThat(charged).isEqualTo(budgets.gcra().mostDebt() / budgets.gcra().cost(1));
        assertThat(budgets.charge(KEY, 5, time.nanos(), null)).isZero();
        time.advance(Duration.ofMillis(500));
        assertThat(budgets.charge(KEY, 9, time.nanos(), null)).isEqualTo(5);
    }

    @Test
    void aRefundFillsTheBudgetAndNoMore() {
        budgets.take(KEY, 7);
        budgets.refund(KEY, 2);
        assertThat(remaining()).isEqualTo(5);
        budgets.refund(KEY, Long.MAX_VALUE);
        assertThat(remaining()).isEqualTo(10);
        assertThat(Outcome.isAllowed(budgets.take(KEY, 10))).isTrue();
        assertThat(Outcome.isAllowed(budgets.take(KEY, 1))).isFalse();
    }

    @Test
    void theLatestChargeIsCancelledInFullAndAnEarlierOneLessWhatWasTakenSince() {
        Receipt first = new Receipt();
        Receipt second = new Receipt();
        budgets.take(KEY, 5, time.nanos(), first);
        budgets.take(KEY, 2, time.nanos(), second);
        budgets.cancel(KEY, 5, first);
        assertThat(remaining()).as("5 less 2").isEqualTo(3 + 3);
        budgets.take(KEY, 4, time.nanos(), second);
        budgets.cancel(KEY, 4, second);
        assertThat(remaining()).isEqualTo(6);
    }

    @Test
    void ofAnEarlierChargeNothingIsGivenBackIfNoneIsWanted() {
        Receipt receipt = new Receipt();
        budgets.take(KEY, 5, time.nanos(), receipt);
        budgets.take(KEY, 1);
        budgets.cancel(KEY, 0, receipt);
        assertThat(remaining()).isEqualTo(4);
    }

    @Test
    void aResetEndsTheDebtAndEarlierReceipts() {
        Receipt receipt = new Receipt();
        budgets.take(KEY, 5, time.nanos(), receipt);
        budgets.reset(KEY);
        assertThat(remaining()).isEqualTo(10);
        budgets.take(KEY, 5);
        budgets.cancel(KEY, 5, receipt);
        assertThat(remaining()).isEqualTo(5);
    }

    @Test
    void aSnapshotRoundsTheDebtUp() {
        budgets.take(KEY, 3);
        time.advance(Duration.ofMillis(50));
        Snapshot.Budget snapshot = budgets.snapshot(budgets.debt(KEY, time.nanos()));
        assertThat(snapshot.rate()).isEqualTo(TEN);
        assertThat(snapshot.remaining()).isEqualTo(7);
        assertThat(snapshot.debt()).isEqualTo(3);
        assertThat(snapshot.fullAfter()).isEqualTo(Duration.ofMillis(250));
        assertThat(budgets.unitsOwed(KEY, time.nanos())).isEqualTo(5 * budgets.unitsPerPermit() / 2);
        assertThat(budgets.unitsPerNano() * 100_000_000).isEqualTo(budgets.unitsPerPermit());
    }

    @Test
    void aNewKeyWithoutAPlaceIsSaturated() {
        Budgets full = new CellTable(5, WhenSaturated.DENY, time).budgets(TEN, Duration.ZERO);
        for (long key = 1; key <= 8; key++) {
            full.take(key, 4);
        }
        assertThat(full.look(KEY, 1, time.nanos())).isEqualTo(Outcome.SATURATED);
        assertThat(full.retryNanos(Outcome.SATURATED)).isEqualTo(Long.MAX_VALUE);
        assertThat(full.charge(KEY, 3, time.nanos(), null)).isZero();
        assertThat(full.unitsOwed(KEY, time.nanos())).isEqualTo(10 * full.unitsPerPermit());
        Decision decision = full.peek(KEY, 1);
        assertThat(decision.reason()).isEqualTo(Decision.Reason.SATURATED);
        assertThat(decision.retryAfter()).isEqualTo(Duration.ofMillis(400));
        assertThat(full.peek(KEY, 11).reason()).isEqualTo(Decision.Reason.EXCEEDS_CAPACITY);
        assertThat(full.exceedsCapacity(10)).isFalse();
        assertThat(full.exceedsCapacity(11)).isTrue();
    }
}
