package dev.ratelimit.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratelimit.examples.gateway.Scale;
import dev.ratelimit.examples.gateway.Tier;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A schedule is fixed by its seed, and has the rates that its sources ask for. */
class ScheduleTest {

    private static final Duration LENGTH = Duration.ofSeconds(10);

    @Test
    void sameSeedSameSchedule() {
        assertThat(schedule(1).arrivals()).isEqualTo(schedule(1).arrivals());
        assertThat(schedule(1).arrivals()).isNotEqualTo(schedule(2).arrivals());
    }

    @Test
    void arrivalsAreInOrderAndWithinTheRun() {
        assertThat(schedule(3).arrivals())
                .isSortedAccordingTo(Comparator.comparingLong(Schedule.Arrival::nanos))
                .allMatch(arrival -> arrival.nanos() >= 0 && arrival.nanos() < LENGTH.toNanos());
    }

    @Test
    void steadySourceSendsAtItsRate() {
        // 5,000 are expected, with a standard deviation of 71.
        assertThat(count(new Shape.Steady(500), 0, 1)).isCloseTo(5000, within(400L));
    }

    @Test
    void scheduleOfASmallerScaleHasThatPartOfTheLoad() {
        List<Source> sources = Source.demonstration();
        long full = schedule(1).arrivals().size();
        long fifth = Schedule.of(sources, LENGTH, 1, new Scale(20)).arrivals().size();
        assertThat((double) fifth / full).isCloseTo(0.2, within(0.01));
        assertThat(Schedule.highest(sources)).isBetween(4_000.0, 5_000.0);
    }

    @Test
    void surgeIsOnlyWhileItLasts() {
        Shape surge = new Shape.Surge(0, 1000, 0.2, 0.5);
        assertThat(count(surge, 0, 0.2)).isZero();
        assertThat(count(surge, 0.2, 0.5)).isCloseTo(3000, within(350L));
        assertThat(count(surge, 0.5, 1)).isZero();
    }

    @Test
    void dailyPeakIsAtNoon() {
        Shape day = new Shape.DailyPeak(100, 1300);
        assertThat(day.perSecond(0)).isCloseTo(100, within(1e-9));
        assertThat(day.perSecond(0.5)).isCloseTo(1300, within(1e-9));
        assertThat(count(day, 0, 1)).isCloseTo(7000, within(500L));
    }

    @Test
    void wavesComeAsOftenAsTheyShouldAndLastAsLong() {
        Shape waves = new Shape.Waves(0, 1000, 5, 0.2);
        assertThat(waves.perSecond(0.1)).isEqualTo(1000);
        assertThat(waves.perSecond(0.2)).isZero();
        // Five crests of 0.4 s.
        assertThat(count(waves, 0, 1)).isCloseTo(2000, within(300L));
        assertThat(count(waves, 0.08, 0.12)).isCloseTo(400, within(120L));
    }

    private static Schedule schedule(long seed) {
        return Schedule.of(Source.demonstration(), LENGTH, seed);
    }

    private static long count(Shape shape, double from, double to) {
        Source source = new Source("x", Tier.GOLD, shape, serial -> "");
        return Schedule.of(List.of(source), LENGTH, 11).arrivals().stream()
                .mapToDouble(arrival -> (double) arrival.nanos() / LENGTH.toNanos())
                .filter(part -> part >= from && part < to)
                .count();
    }
}
