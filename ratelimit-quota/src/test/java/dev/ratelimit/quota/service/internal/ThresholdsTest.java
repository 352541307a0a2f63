package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.service.internal.Thresholds.Stay;
import dev.ratelimit.quota.service.internal.Thresholds.Step;
import dev.ratelimit.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which requests tell of a share, in whatever order their answers come. */
class ThresholdsTest {

    private static final Quota QUOTA = Quota.of("q", 100, CalendarWindow.daily());

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-10T12:00:00Z"));
    private final List<String> told = new ArrayList<>();
    private final Thresholds thresholds = new Thresholds(
            new QuotaSettings.Shares((key, percent, usage) -> told.add(percent + " at " + usage.used()), List.of(80)),
            clock);
    private final List<Target> targets =
            List.of(new CurrentWindow(QUOTA, Grace.PROPORTIONAL, clock.millis()).target("ada", clock.millis()));

    private void look(long used, long counted, long since) {
        QuotaUsage usage = targets.get(0).usage(used);
        thresholds.look(new Step("ada", counted, Stay.FOR_GOOD, since), targets, List.of(usage));
    }

    /** The first to cross is answered last: it began before the share was told. */
    @Test
    void aRequestThatBeganBeforeTheShareWasToldTellsNothing() {
        long since = clock.millis();
        clock.advance(Duration.ofMillis(5));
        look(81, 1, since);
        look(80, 1, since);
        look(80, 1, clock.millis());
        assertThat(told).containsExactly("80 at 81");
    }

    @Test
    void oneThatBeganAfterwardsAndGoesPastTheShareTellsItAgain() {
        look(80, 1, clock.millis());
        clock.advance(Duration.ofMillis(1));
        look(90, 5, clock.millis());
        assertThat(told).as("past it already").hasSize(1);
        look(82, 5, clock.millis());
        assertThat(told).containsExactly("80 at 80", "80 at 82");
        clock.advance(Duration.ofMillis(1));
        look(82, 0, clock.millis());
        assertThat(told).as("a refusal goes past nothing").hasSize(2);
    }
}
