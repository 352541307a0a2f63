package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.cells.Outcome;
import dev.ratelimit.core.internal.cells.Receipt;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A request takes from all rates of a policy or from none. */
class RateGroupTest {

    private static final long KEY = 77;
    private static final int SECOND = 0;
    private static final int MINUTE = 1;

    private final ManualTime time = new ManualTime();
    private final RateGroup rates = group(100, WhenSaturated.EVICT);
    private final long[] outcomes = new long[2];
    private final List<Receipt> receipts = List.of(new Receipt(), new Receipt());

    private RateGroup group(int maxKeys, WhenSaturated whenSaturated) {
        return new RateGroup(
                List.of(Rate.perSecond(10), Rate.perMinute(12)),
                Duration.ZERO,
                new CellTable(maxKeys, whenSaturated, time));
    }

    private long left(int rate) {
        return rates.get(rate).peek(KEY, 1, time.nanos()).remaining();
    }

    private int take(long permits) {
        return rates.take(KEY, permits, time.nanos(), outcomes);
    }

    @Test
    void whatIsAllowedIsTakenFromEachRate() {
        assertThat(take(4)).isEqualTo(RateGroup.NONE);
        assertThat(left(SECOND)).isEqualTo(6);
        assertThat(left(MINUTE)).isEqualTo(8);
        assertThat(Arrays.stream(outcomes).allMatch(Outcome::isAllowed)).isTrue();
    }

    @Test
    void whatOneRateRefusesIsTakenFromNone() {
        take(10);
        time.advance(Duration.ofSeconds(1));
        assertThat(take(3)).isEqualTo(MINUTE);
        assertThat(left(SECOND)).isEqualTo(10);
        assertThat(left(MINUTE)).isEqualTo(2);
        assertThat(take(2)).isEqualTo(RateGroup.NONE);
    }

    @Test
    void anAllowedRequestReportsTheRateWithTheFewestLeft() {
        assertThat(rates.decide(KEY, 4, time.nanos(), List.of()).rate()).contains(Rate.perSecond(10));
        time.advance(Duration.ofSeconds(1));
        assertThat(rates.decide(KEY, 1, time.nanos(), List.of()).rate()).contains(Rate.perMinute(12));
    }

    /** After ten permits one more is 0.1 s away at the first rate, and three more are 5 s away at the second. */
    @Test
    void theRateWithTheLongestWaitRefuses() {
        take(10);
        assertThat(take(1)).isEqualTo(SECOND);
        assertThat(rates.get(SECOND).retryNanos(outcomes[SECOND])).isEqualTo(100_000_000);
        assertThat(take(3)).isEqualTo(MINUTE);
        assertThat(rates.get(MINUTE).retryNanos(outcomes[MINUTE])).isEqualTo(5_000_000_000L);
        assertThat(rates.peek(KEY, 3, time.nanos()).rate()).contains(Rate.perMinute(12));
    }

    @Test
    void theLatestRequestIsCancelledInFull() {
        assertThat(rates.decide(KEY, 4, time.nanos(), receipts).allowed()).isTrue();
        rates.cancel(KEY, 4, receipts);
        assertThat(left(SECOND)).isEqualTo(10);
        assertThat(left(MINUTE)).isEqualTo(12);
    }

    @Test
    void atSeveralRatesNothingOfAnEarlierRequestIsGivenBack() {
        rates.decide(KEY, 4, time.nanos(), receipts);
        take(1);
        rates.cancel(KEY, 4, receipts);
        assertThat(left(SECOND)).isEqualTo(5);
        assertThat(left(MINUTE)).isEqualTo(7);
    }

    @Test
    void atASingleRateAnEarlierRequestIsGivenBackLessWhatWasTakenSince() {
        RateGroup single = new RateGroup(
                List.of(Rate.perSecond(10)), Duration.ZERO, new CellTable(100, WhenSaturated.EVICT, time));
        List<Receipt> one = List.of(new Receipt());
        single.decide(KEY, 4, time.nanos(), one);
        single.take(KEY, 1, time.nanos(), null);
        single.cancel(KEY, 4, one);
        assertThat(single.get(0).peek(KEY, 1, time.nanos()).remaining()).isEqualTo(5 + 3);
    }

    @Test
    void aChargeIsMadeAtAllRatesWhetherThePermitsAreThereOrNot() {
        assertThat(rates.charge(KEY, 30, time.nanos())).isEqualTo(30);
        assertThat(rates.get(SECOND).peek(KEY, 1, time.nanos()).retryAfter()).isEqualTo(Duration.ofMillis(2_100));
        assertThat(rates.get(MINUTE).peek(KEY, 1, time.nanos()).retryAfter()).isEqualTo(Duration.ofSeconds(95));
        rates.refund(KEY, 5, time.nanos());
        assertThat(rates.get(SECOND).peek(KEY, 1, time.nanos()).retryAfter()).isEqualTo(Duration.ofMillis(1_600));
        rates.reset(KEY);
        assertThat(left(SECOND)).isEqualTo(10);
        assertThat(left(MINUTE)).isEqualTo(12);
    }

    /** Seven of eight places are taken: the first rate finds one, and the second none. */
    @Test
    void whereOneRateFindsNoPlaceTheOthersGiveBack() {
        RateGroup small = group(5, WhenSaturated.DENY);
        for (long key = 1; key <= 7; key++) {
            small.get(SECOND).take(key, 5, time.nanos());
        }
        Decision refused = small.decide(KEY, 2, time.nanos(), receipts);
        assertThat(refused.reason()).isEqualTo(Decision.Reason.SATURATED);
        assertThat(refused.rate()).contains(Rate.perMinute(12));
        assertThat(small.take(KEY, 2, time.nanos(), outcomes)).isEqualTo(MINUTE);
        assertThat(small.get(SECOND).peek(KEY, 1, time.nanos()).remaining()).isEqualTo(10);
    }
}
