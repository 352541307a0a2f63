package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counters are kept after their window in proportion to it, and no longer. */
class GraceTest {

    private static final Instant MIDNIGHT = Instant.parse("2030-06-01T00:00:00Z");

    private final ManualClock clock = new ManualClock(MIDNIGHT);
    private final MemoryStore store = new MemoryStore(clock);

    @ParameterizedTest
    @CsvSource({"PT1S, PT10S", "PT1M, PT10S", "PT1H, PT6M", "P1D, PT2H24M", "P7D, PT16H48M", "P30D, P1D"})
    void aTenthOfTheWindowWithinBounds(Duration window, Duration grace) {
        var bounds = new dev.ratelimit.quota.WindowBounds(MIDNIGHT, MIDNIGHT.plus(window));
        assertThat(Duration.between(bounds.end(), Grace.PROPORTIONAL.endAfter(bounds)))
                .isEqualTo(grace);
    }

    /** Each second is a counter; with a day of grace there were 86,400 at the end of a day. */
    @Test
    void oneKeyByTheSecondHoldsElevenCountersForADay() {
        QuotaService quotas = Quotas.builder(store)
                .quota(Quota.of("calls", 5, CalendarWindow.everySecond()))
                .clock(clock)
                .build();
        int max = 0;
        for (int second = 0; second < 86_400; second++) {
            quotas.consume("ada");
            max = Math.max(max, store.size());
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(max).isEqualTo(11);
    }

    /** With a day of grace there were 144,000 after an hour and a half. */
    @Test
    void keysByTheMinuteHoldLessThanTwoCountersEach() {
        QuotaService quotas = Quotas.builder(store)
                .quota(Quota.of("calls", 5, CalendarWindow.everyMinute()))
                .clock(clock)
                .build();
        int max = 0;
        for (int round = 0; round < 90 * 6; round++) {
            for (int key = 0; key < 100; key++) {
                quotas.consume("customer-" + key);
                max = Math.max(max, store.size());
            }
            clock.advance(Duration.ofSeconds(10));
        }
        assertThat(max).isLessThanOrEqualTo(200);
    }

    @Test
    void aReservationThatEndsLateCorrectsItsWindow() {
        QuotaService quotas = Quotas.builder(store)
                .quota(Quota.of("tokens", 100, CalendarWindow.hourly()))
                .clock(clock)
                .build();
        clock.advance(Duration.ofMinutes(59));
        QuotaReservation reserved = quotas.reserve("ada", 60);
        clock.advance(Duration.ofMinutes(6));
        assertThat(reserved.commit(20)).isTrue();
        assertThat(quotas.peek("ada").used()).isZero();
        clock.advance(Duration.ofMinutes(-5));
        assertThat(quotas.peek("ada").used()).as("in the past hour").isZero();
        clock.advance(Duration.ofMinutes(-1));
        assertThat(quotas.peek("ada").used()).as("in the past hour").isEqualTo(20);
    }
}
