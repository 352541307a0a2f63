package dev.ratelimit.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CalendarWindowTest {

    private record Row(String name, CalendarWindow window, String instant, String start, String end) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        CalendarWindow monthly = CalendarWindow.monthly();
        CalendarWindow leapDay = CalendarWindow.yearly().startingOn(MonthDay.of(2, 29));
        CalendarWindow sixInBerlin =
                CalendarWindow.daily().startingAt(LocalTime.of(6, 0)).in(ZoneId.of("Europe/Berlin"));
        return Stream.of(
                row(
                        "second",
                        CalendarWindow.everySecond(),
                        "2026-03-05T10:11:12.5Z",
                        "2026-03-05T10:11:12Z",
                        "2026-03-05T10:11:13Z"),
                row(
                        "minute",
                        CalendarWindow.everyMinute(),
                        "2026-03-05T10:11:12Z",
                        "2026-03-05T10:11:00Z",
                        "2026-03-05T10:12:00Z"),
                row(
                        "hour",
                        CalendarWindow.hourly(),
                        "2026-03-05T10:11:12Z",
                        "2026-03-05T10:00:00Z",
                        "2026-03-05T11:00:00Z"),
                row(
                        "day",
                        CalendarWindow.daily(),
                        "2026-03-05T10:11:12Z",
                        "2026-03-05T00:00:00Z",
                        "2026-03-06T00:00:00Z"),
                row(
                        "week",
                        CalendarWindow.weekly(),
                        "2026-03-05T10:11:12Z",
                        "2026-03-02T00:00:00Z",
                        "2026-03-09T00:00:00Z"),
                row("month", monthly, "2026-03-05T10:11:12Z", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"),
                row(
                        "year",
                        CalendarWindow.yearly(),
                        "2026-03-05T10:11:12Z",
                        "2026-01-01T00:00:00Z",
                        "2027-01-01T00:00:00Z"),
                row("the start is in", monthly, "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"),
                row(
                        "the end is not",
                        monthly,
                        "2026-03-31T23:59:59.999999999Z",
                        "2026-03-01T00:00:00Z",
                        "2026-04-01T00:00:00Z"),
                row(
                        "before 1970",
                        monthly,
                        "1969-12-31T23:59:59.999999999Z",
                        "1969-12-01T00:00:00Z",
                        "1970-01-01T00:00:00Z"),
                row(
                        "31st, in February",
                        monthly.startingOn(31),
                        "2026-02-27T12:00:00Z",
                        "2026-01-31T00:00:00Z",
                        "2026-02-28T00:00:00Z"),
                row(
                        "31st, from February",
                        monthly.startingOn(31),
                        "2026-02-28T00:00:00Z",
                        "2026-02-28T00:00:00Z",
                        "2026-03-31T00:00:00Z"),
                row(
                        "31st, from April",
                        monthly.startingOn(31),
                        "2026-05-30T23:00:00Z",
                        "2026-04-30T00:00:00Z",
                        "2026-05-31T00:00:00Z"),
                row(
                        "30th, in a leap year",
                        monthly.startingOn(30),
                        "2028-02-29T00:00:00Z",
                        "2028-02-29T00:00:00Z",
                        "2028-03-30T00:00:00Z"),
                row(
                        "29th, in a leap year",
                        monthly.startingOn(29),
                        "2028-02-28T23:00:00Z",
                        "2028-01-29T00:00:00Z",
                        "2028-02-29T00:00:00Z"),
                row(
                        "29th, in 2100, which is none",
                        monthly.startingOn(29),
                        "2100-02-28T00:00:00Z",
                        "2100-02-28T00:00:00Z",
                        "2100-03-29T00:00:00Z"),
                row(
                        "week from Sunday",
                        CalendarWindow.weekly().startingOn(DayOfWeek.SUNDAY),
                        "2026-03-07T23:59:59Z",
                        "2026-03-01T00:00:00Z",
                        "2026-03-08T00:00:00Z"),
                row(
                        "week over the new year",
                        CalendarWindow.weekly(),
                        "2027-01-01T00:00:00Z",
                        "2026-12-28T00:00:00Z",
                        "2027-01-04T00:00:00Z"),
                row(
                        "year from April 6",
                        CalendarWindow.yearly().startingOn(MonthDay.of(4, 6)),
                        "2026-04-05T23:59:59Z",
                        "2025-04-06T00:00:00Z",
                        "2026-04-06T00:00:00Z"),
                row(
                        "leap day, other year",
                        leapDay,
                        "2027-02-28T00:00:00Z",
                        "2027-02-28T00:00:00Z",
                        "2028-02-29T00:00:00Z"),
                row(
                        "leap day, leap year",
                        leapDay,
                        "2028-02-28T12:00:00Z",
                        "2027-02-28T00:00:00Z",
                        "2028-02-29T00:00:00Z"),
                row(
                        "from six, before it",
                        sixInBerlin,
                        "2026-01-05T05:59:59+01:00",
                        "2026-01-04T06:00:00+01:00",
                        "2026-01-05T06:00:00+01:00"),
                row(
                        "from six, after it",
                        sixInBerlin,
                        "2026-07-05T06:00:00+02:00",
                        "2026-07-05T06:00:00+02:00",
                        "2026-07-06T06:00:00+02:00"),
                row(
                        "month from six",
                        monthly.startingAt(LocalTime.of(6, 0)),
                        "2026-03-01T05:00:00Z",
                        "2026-02-01T06:00:00Z",
                        "2026-03-01T06:00:00Z"));
    }

    private static Row row(String name, CalendarWindow window, String instant, String start, String end) {
        return new Row(name, window, instant, start, end);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void startsAndEnds(Row row) {
        assertThat(row.window().at(WindowStartsTest.instant(row.instant())))
                .isEqualTo(
                        new WindowBounds(WindowStartsTest.instant(row.start()), WindowStartsTest.instant(row.end())));
    }

    @Test
    void aWindowIsAValue() {
        CalendarWindow window = CalendarWindow.monthly()
                .startingOn(31)
                .startingAt(LocalTime.of(6, 0))
                .in(ZoneId.of("Europe/Berlin"));
        assertThat(window)
                .isEqualTo(CalendarWindow.monthly()
                        .in(ZoneId.of("Europe/Berlin"))
                        .startingAt(LocalTime.of(6, 0))
                        .startingOn(31))
                .hasSameHashCodeAs(CalendarWindow.monthly()
                        .in(ZoneId.of("Europe/Berlin"))
                        .startingAt(LocalTime.of(6, 0))
                        .startingOn(31))
                .hasToString("monthly on 31 at 06:00 in Europe/Berlin")
                .isNotEqualTo(window.startingOn(30))
                .isNotEqualTo(window.startingAt(LocalTime.MIDNIGHT))
                .isNotEqualTo(window.in(ZoneId.of("Europe/Paris")))
                .isNotEqualTo(CalendarWindow.yearly())
                .isNotEqualTo("monthly");
        assertThat(window.unit()).isEqualTo(ChronoUnit.MONTHS);
        assertThat(window.zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(CalendarWindow.daily()).isNotEqualTo(CalendarWindow.hourly());
        assertThat(CalendarWindow.monthly().startingOn(1)).isEqualTo(CalendarWindow.monthly());
    }

    @Test
    void zonesOfTheSameFixedOffsetAreEqual() {
        assertThat(CalendarWindow.daily().in(ZoneId.of("Etc/UTC"))).isEqualTo(CalendarWindow.daily());
        assertThat(CalendarWindow.daily().in(ZoneId.of("Etc/GMT-1")).zone()).isEqualTo(ZoneOffset.ofHours(1));
    }

    @Test
    void theTextNamesUnitStartAndZone() {
        assertThat(CalendarWindow.everySecond()).hasToString("every second in Z");
        assertThat(CalendarWindow.everyMinute()).hasToString("every minute in Z");
        assertThat(CalendarWindow.hourly()).hasToString("hourly in Z");
        assertThat(CalendarWindow.daily()).hasToString("daily at 00:00 in Z");
        assertThat(CalendarWindow.weekly()).hasToString("weekly on MONDAY at 00:00 in Z");
        assertThat(CalendarWindow.yearly()).hasToString("yearly on --01-01 at 00:00 in Z");
    }

    private record Nonsense(String message, ThrowingCallable call) {

        @Override
        public String toString() {
            return message;
        }
    }

    static Stream<Nonsense> nonsense() {
        return Stream.of(
                new Nonsense(
                        "startingOn(int) is for monthly(), but this window is \"weekly on MONDAY at 00:00 in Z\": it takes"
                                + " startingOn(DayOfWeek)",
                        () -> CalendarWindow.weekly().startingOn(31)),
                new Nonsense(
                        "startingOn(DayOfWeek) is for weekly(), but this window is \"monthly on 1 at 00:00 in Z\": it takes"
                                + " startingOn(int)",
                        () -> CalendarWindow.monthly().startingOn(DayOfWeek.FRIDAY)),
                new Nonsense(
                        "startingOn(MonthDay) is for yearly(), but this window is \"daily at 00:00 in Z\": it takes"
                                + " startingAt(LocalTime)",
                        () -> CalendarWindow.daily().startingOn(MonthDay.of(4, 6))),
                new Nonsense(
                        "startingOn(int) is for monthly(), but this window is \"yearly on --01-01 at 00:00 in Z\": it takes"
                                + " startingOn(MonthDay)",
                        () -> CalendarWindow.yearly().startingOn(6)),
                new Nonsense(
                        "startingOn(int) is for monthly(), but this window is \"every minute in Z\": it starts by the clock,"
                                + " and cannot start otherwise",
                        () -> CalendarWindow.everyMinute().startingOn(6)),
                new Nonsense(
                        "startingAt(LocalTime) is for daily() and longer, but this window is \"hourly in Z\": it starts by"
                                + " the clock, and cannot start otherwise",
                        () -> CalendarWindow.hourly().startingAt(LocalTime.of(0, 15))),
                new Nonsense(
                        "a window must start at a whole second, but the time was 06:00:00.000000001",
                        () -> CalendarWindow.daily().startingAt(LocalTime.of(6, 0, 0, 1))),
                new Nonsense(
                        "the day of the month must be 1 to 31, but was 0",
                        () -> CalendarWindow.monthly().startingOn(0)),
                new Nonsense(
                        "the day of the month must be 1 to 31, but was 32",
                        () -> CalendarWindow.monthly().startingOn(32)),
                new Nonsense(
                        "the instant must be in the years 0 to 9999, but was " + Instant.MAX,
                        () -> CalendarWindow.daily().at(Instant.MAX)),
                new Nonsense(
                        "the instant must be in the years 0 to 9999, but was " + Instant.MIN,
                        () -> CalendarWindow.everySecond().at(Instant.MIN)));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void isRefused(Nonsense nonsense) {
        assertThatThrownBy(nonsense.call())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(nonsense.message());
    }

    @Test
    void theFirstAndTheLastYear() {
        CalendarWindow year =
                CalendarWindow.yearly().startingOn(MonthDay.of(12, 31)).in(ZoneId.of("Asia/Tokyo"));
        assertThat(year.at(Instant.parse("0000-01-01T00:00:00Z")).start())
                .isBefore(Instant.parse("0000-01-01T00:00:00Z"));
        assertThat(year.at(Instant.parse("9999-12-31T23:59:59.999999999Z")).end())
                .isEqualTo(Instant.parse("+10000-12-30T15:00:00Z"));
    }
}
