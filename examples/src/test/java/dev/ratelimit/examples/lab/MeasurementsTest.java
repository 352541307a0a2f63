package dev.ratelimit.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.examples.gateway.Outcome;
import dev.ratelimit.examples.gateway.Scale;
import dev.ratelimit.examples.gateway.Tier;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is drawn over time, and what came too late for that. */
class MeasurementsTest {

    private static final long LENGTH = Duration.ofSeconds(10).toNanos();

    private final Schedule schedule = Schedule.of(
            List.of(new Source("x", Tier.GOLD, new Shape.Steady(10), serial -> "")), Duration.ofNanos(LENGTH), 1);
    private final Measurements measured = new Measurements(schedule);

    private void allowed(long due, long answered) {
        measured.add(new Schedule.Arrival(due, 0, 0), Outcome.ALLOWED, due, answered, 0);
    }

    private static double sum(List<Double> perSecond) {
        // Fifty bins of a fifth of a second.
        return perSecond.stream().mapToDouble(Double::doubleValue).sum() / 5;
    }

    @Test
    void anAnswerIsShownWhenItCame() {
        allowed(0, LENGTH - 1);
        assertThat(measured.offeredPerSecond(0).get(0)).isEqualTo(5);
        assertThat(measured.allowedPerSecond(0).get(Measurements.BINS - 1)).isEqualTo(5);
        assertThat(new TrafficPicture(measured, Scale.FULL, 1).document()).doesNotContain("After the end");
    }

    @Test
    void whatCameAfterTheEndIsCountedAndNotDrawnIntoTheLastBin() {
        for (int i = 0; i < 1_000; i++) {
            allowed(LENGTH - 1, LENGTH + i);
        }
        assertThat(sum(measured.offeredPerSecond(0))).isEqualTo(1_000);
        assertThat(sum(measured.allowedPerSecond(0))).isZero();
        assertThat(measured.allowedAfterTheEnd()).isEqualTo(1_000);
        assertThat(measured.tally().of(Tier.GOLD, Outcome.ALLOWED)).isEqualTo(1_000);
        assertThat(new TrafficPicture(measured, Scale.FULL, 1).document())
                .contains("After the end, and not shown: 1,000.");
    }
}
