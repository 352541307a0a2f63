package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Blackouts of keys: when they end, and what a change of their length does. */
class BlackoutsTest {

    private static final long KEY = 77;
    private static final long SECOND = 1_000_000_000;

    private final ManualTime time = new ManualTime();
    private final CellTable table = new CellTable(100, WhenSaturated.EVICT, time);
    private final Blackouts ten = table.blackouts(10 * SECOND);

    private void after(long seconds) {
        time.advance(Duration.ofSeconds(seconds));
    }

    private long left(Blackouts blackouts) {
        return blackouts.remaining(KEY, time.nanos());
    }

    @Test
    void aBlackoutLastsItsLengthAndIsNotProlongedByAnother() {
        assertThat(left(ten)).isZero();
        ten.begin(KEY, time.nanos());
        after(4);
        ten.begin(KEY, time.nanos());
        assertThat(left(ten)).isEqualTo(6 * SECOND);
        assertThat(ten.remaining(KEY + 1, time.nanos())).isZero();
        after(6);
        assertThat(left(ten)).isZero();
        ten.begin(KEY, time.nanos());
        assertThat(left(ten)).isEqualTo(10 * SECOND);
    }

    @Test
    void anExtendedBlackoutLastsAtLeastAsLongAndNeverShorter() {
        ten.extend(KEY, 3 * SECOND, time.nanos());
        assertThat(left(ten)).isEqualTo(3 * SECOND);
        ten.extend(KEY, 8 * SECOND, time.nanos());
        ten.extend(KEY, 5 * SECOND, time.nanos());
        assertThat(left(ten)).isEqualTo(8 * SECOND);
        ten.extend(KEY, 30 * SECOND, time.nanos());
        assertThat(left(ten)).as("at most the longest").isEqualTo(10 * SECOND);
    }

    @Test
    void aBlackoutIsEndedForItsKeyOnly() {
        ten.begin(KEY, time.nanos());
        ten.begin(KEY + 1, time.nanos());
        ten.end(KEY);
        assertThat(left(ten)).isZero();
        assertThat(ten.remaining(KEY + 1, time.nanos())).isEqualTo(10 * SECOND);
    }

    @Test
    void aBlackoutIsNoDebtOfItsKey() {
        Budgets budgets = table.budgets(Rate.perSecond(10), Duration.ZERO);
        ten.begin(KEY, time.nanos());
        assertThat(budgets.debt(KEY, time.nanos())).isZero();
        budgets.take(KEY, 4);
        budgets.reset(KEY);
        assertThat(left(ten)).isEqualTo(10 * SECOND);
    }

    @Test
    void theLastOfAllBlackoutsTellsWhenThereIsNone() {
        assertThat(ten.nanosUntilNone(time.nanos())).isZero();
        ten.extend(KEY, 3 * SECOND, time.nanos());
        ten.extend(KEY + 1, 7 * SECOND, time.nanos());
        assertThat(ten.nanosUntilNone(time.nanos())).isEqualTo(7 * SECOND);
        after(7);
        assertThat(ten.nanosUntilNone(time.nanos())).isZero();
    }

    @Test
    void aShorterLengthCutsABlackoutAtTheNextRequestOfItsKey() {
        ten.begin(KEY, time.nanos());
        Blackouts two = table.blackouts(2 * SECOND);
        assertThat(left(two)).isEqualTo(2 * SECOND);
        assertThat(left(ten)).as("cut for good").isEqualTo(2 * SECOND);
    }

    @Test
    void aLongerLengthProlongsNothing() {
        ten.begin(KEY, time.nanos());
        assertThat(left(table.blackouts(20 * SECOND))).isEqualTo(10 * SECOND);
    }

    @Test
    void replacedBlackoutsAreShortenedAtOnceAndBeginNoMore() {
        ten.begin(KEY, time.nanos());
        Blackouts two = table.blackouts(2 * SECOND);
        ten.giveWayTo(two);
        assertThat(two.nanosUntilNone(time.nanos())).isEqualTo(2 * SECOND);
        after(2);
        ten.begin(KEY, time.nanos());
        assertThat(left(two)).isZero();
        two.begin(KEY, time.nanos());
        two.giveWayTo(null);
        assertThat(left(two)).isZero();
    }
}
