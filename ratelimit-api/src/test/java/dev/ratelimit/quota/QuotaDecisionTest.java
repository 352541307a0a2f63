package dev.ratelimit.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuotaDecisionTest {

    private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");

    private final Quota quota = Quota.of("calls", 5, CalendarWindow.daily());
    private final QuotaUsage used = new QuotaUsage(quota, 5, quota.window().at(NOON));

    @Test
    void retryAfterInWholeSecondsIsRoundedUp() {
        assertThat(refusedAt(NOON).retryAfterSeconds()).hasValue(12 * 3600);
        assertThat(refusedAt(NOON.plusMillis(1)).retryAfterSeconds()).hasValue(12 * 3600);
        assertThat(refusedAt(NOON.plusMillis(1_000)).retryAfterSeconds()).hasValue(12 * 3600 - 1);
        assertThat(refusedAt(used.window().end()).retryAfterSeconds())
                .as("now, but not in a loop")
                .hasValue(1);
    }

    @Test
    void whatIsAllowedNeedsNoRetryAndWhatIsTooMuchHasNone() {
        QuotaUsage unused = new QuotaUsage(quota, 0, used.window());
        assertThat(QuotaDecision.allowed(List.of(unused), NOON).retryAfterSeconds())
                .hasValue(0);
        assertThat(QuotaDecision.refused(List.of(unused), 6, NOON).retryAfterSeconds())
                .isEmpty();
        assertThat(QuotaDecision.unavailable(List.of(unused), Duration.ofMillis(20), NOON)
                        .retryAfterSeconds())
                .hasValue(1);
    }

    private QuotaDecision refusedAt(Instant now) {
        return QuotaDecision.refused(List.of(used), 1, now);
    }
}
