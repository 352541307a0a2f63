package dev.ratelimit.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/**
 * Windows in all zones of the JDK, 1970 to 2100: one after another without a gap, and as {@link WindowModel} has them.
 */
class CalendarWindowPropertyTest {

    private static final long TWO_DAYS = 2 * 86_400_000L;

    @Property(tries = 20_000)
    void anywhere(
            @ForAll("models") WindowModel anyZone, @ForAll("zones") ZoneId zone, @ForAll("instants") Instant instant) {
        WindowModel model = anyZone.in(zone);
        assertThat(WindowFaults.find(model.window()::at, model, instant)).isEmpty();
    }

    @Property(tries = 20_000)
    void nearAChangeOfTheOffset(
            @ForAll("models") WindowModel anyZone,
            @ForAll("zones") ZoneId zone,
            @ForAll("instants") Instant before,
            @ForAll @LongRange(min = -TWO_DAYS, max = TWO_DAYS) long millis) {
        WindowModel model = anyZone.in(zone);
        ZoneOffsetTransition change = zone.getRules().nextTransition(before);
        Instant instant = (change == null ? before : change.getInstant()).plusMillis(millis);
        assertThat(WindowFaults.find(model.window()::at, model, instant)).isEmpty();
    }

    @Example
    void atEachChangeOfEachZone() {
        List<WindowModel> models =
                Stream.concat(WindowModels.onClock().stream(), someDates()).toList();
        long changes = Zones.differing().stream()
                .mapToLong(zone -> {
                    List<WindowModel> here =
                            models.stream().map(model -> model.in(zone)).toList();
                    return Zones.changes(zone)
                            .peek(change -> here.forEach(model -> noFaultAt(change.getInstant(), model)))
                            .count();
                })
                .sum();
        assertThat(changes).isGreaterThan(10_000);
    }

    private static void noFaultAt(Instant change, WindowModel model) {
        assertThat(WindowFaults.find(model.window()::at, model, change)).isEmpty();
        assertThat(WindowFaults.find(model.window()::at, model, change.minusNanos(1)))
                .isEmpty();
    }

    /** Times at which clocks change, too. */
    private static Stream<WindowModel> someDates() {
        return Stream.of(
                WindowModels.daily(LocalTime.MIDNIGHT),
                WindowModels.daily(LocalTime.of(2, 15)),
                WindowModels.weekly(DayOfWeek.SUNDAY, LocalTime.of(3, 0)),
                WindowModels.monthly(31, LocalTime.MIDNIGHT));
    }

    @Property(tries = 5_000)
    void monthsHave28To31DaysAndStartOnTheirDayOrTheMonthsLast(
            @ForAll @IntRange(min = 1, max = 31) int day, @ForAll("instants") Instant instant) {
        WindowBounds month = CalendarWindow.monthly().startingOn(day).at(instant);
        LocalDate start = LocalDate.ofInstant(month.start(), ZoneOffset.UTC);
        assertThat(start.getDayOfMonth())
                .isEqualTo(Math.min(day, YearMonth.from(start).lengthOfMonth()));
        assertThat(Duration.between(month.start(), month.end())).isBetween(Duration.ofDays(28), Duration.ofDays(31));
    }

    @Property(tries = 5_000)
    void monthsOfAnyZoneAreNotMuchLongerOrShorter(
            @ForAll @IntRange(min = 1, max = 31) int day,
            @ForAll("zones") ZoneId zone,
            @ForAll("instants") Instant instant) {
        WindowBounds month = CalendarWindow.monthly().startingOn(day).in(zone).at(instant);
        assertThat(Duration.between(month.start(), month.end()))
                .isBetween(Duration.ofDays(27), Duration.ofDays(31).plusHours(12));
    }

    @Provide
    Arbitrary<WindowModel> models() {
        Arbitrary<LocalTime> times = Arbitraries.oneOf(
                Arbitraries.just(LocalTime.MIDNIGHT),
                Arbitraries.integers().between(0, 95).map(n -> LocalTime.ofSecondOfDay(n * 900L)),
                Arbitraries.integers().between(0, 86_399).map(LocalTime::ofSecondOfDay));
        Arbitrary<Integer> daysOfMonth = Arbitraries.oneOf(
                Arbitraries.integers().between(1, 31), Arbitraries.integers().between(28, 31));
        Arbitrary<MonthDay> daysOfYear = Arbitraries.oneOf(
                Arbitraries.just(MonthDay.of(2, 29)),
                Arbitraries.integers().between(1, 366).map(day -> MonthDay.from(LocalDate.ofYearDay(2000, day))));
        Arbitrary<LocalDate> dates = Arbitraries.oneOf(
                Arbitraries.longs().between(-40_000, 60_000).map(LocalDate::ofEpochDay),
                Arbitraries.integers()
                        .between(1960, 2110)
                        .map(year -> LocalDate.of(year, 3, 1).minusDays(1)));
        return Arbitraries.oneOf(
                Arbitraries.of(WindowModels.onClock()),
                times.map(WindowModels::daily),
                Combinators.combine(Arbitraries.of(DayOfWeek.class), times).as(WindowModels::weekly),
                Combinators.combine(daysOfMonth, times).as(WindowModels::monthly),
                Combinators.combine(daysOfYear, times).as(WindowModels::yearly),
                Combinators.combine(
                                Arbitraries.integers().between(1, 40),
                                Arbitraries.of(ChronoUnit.DAYS, ChronoUnit.WEEKS),
                                dates,
                                times)
                        .as(WindowModels::every),
                Combinators.combine(
                                Arbitraries.integers().between(1, 7),
                                Arbitraries.of(ChronoUnit.MONTHS, ChronoUnit.YEARS),
                                dates,
                                times)
                        .as(WindowModels::every));
    }

    @Provide
    Arbitrary<ZoneId> zones() {
        return Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.of(Zones.ALL)),
                Tuple.of(1, Arbitraries.integers().between(-64_800, 64_800).map(ZoneOffset::ofTotalSeconds)));
    }

    @Provide
    Arbitrary<Instant> instants() {
        return Arbitraries.longs()
                .between(Zones.FROM.toEpochMilli(), Zones.TO.toEpochMilli() - 1)
                .map(Instant::ofEpochMilli);
    }
}
