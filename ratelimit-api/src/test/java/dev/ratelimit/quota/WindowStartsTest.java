package dev.ratelimit.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Windows around changes of the local clock that are unusual. */
class WindowStartsTest {

    private record Row(String name, CalendarWindow window, List<String> starts) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static final CalendarWindow MINUTE = CalendarWindow.everyMinute();
    private static final CalendarWindow HOUR = CalendarWindow.hourly();
    private static final CalendarWindow DAY = CalendarWindow.daily();

    static Stream<Row> rows() {
        return Stream.of(
                row(
                        "an hour that is repeated is two",
                        HOUR,
                        "Europe/Berlin",
                        "2024-10-27T01:00+02:00",
                        "2024-10-27T02:00+02:00",
                        "2024-10-27T02:00+01:00",
                        "2024-10-27T03:00+01:00"),
                row(
                        "an hour that is left out is none",
                        HOUR,
                        "Europe/Berlin",
                        "2024-03-31T01:00+01:00",
                        "2024-03-31T03:00+02:00",
                        "2024-03-31T04:00+02:00"),
                row("a day of 25 hours", DAY, "Europe/Berlin", "2024-10-27T00:00+02:00", "2024-10-28T00:00+01:00"),
                row("a day of 23 hours", DAY, "Europe/Berlin", "2024-03-31T00:00+01:00", "2024-04-01T00:00+02:00"),
                row(
                        "a start that is left out is the jump",
                        DAY.startingAt(LocalTime.of(2, 30)),
                        "Europe/Berlin",
                        "2024-03-30T02:30+01:00",
                        "2024-03-31T03:00+02:00",
                        "2024-04-01T02:30+02:00"),
                row(
                        "a start that is repeated is the earlier",
                        DAY.startingAt(LocalTime.of(2, 30)),
                        "Europe/Berlin",
                        "2024-10-26T02:30+02:00",
                        "2024-10-27T02:30+02:00",
                        "2024-10-28T02:30+01:00"),
                row(
                        "two changes in one month",
                        CalendarWindow.monthly(),
                        "Africa/Casablanca",
                        "2024-03-01T00:00+01:00",
                        "2024-04-01T00:00Z",
                        "2024-05-01T00:00+01:00"),
                row(
                        "half an hour back: an hour of 90 minutes",
                        HOUR,
                        "Australia/Lord_Howe",
                        "2024-04-07T00:00+11:00",
                        "2024-04-07T01:00+11:00",
                        "2024-04-07T02:00+10:30",
                        "2024-04-07T03:00+10:30"),
                row(
                        "half an hour ahead: an hour of 30 minutes",
                        HOUR,
                        "Australia/Lord_Howe",
                        "2024-10-06T01:00+10:30",
                        "2024-10-06T02:30+11:00",
                        "2024-10-06T03:00+11:00"),
                row(
                        "half an hour back: each minute twice",
                        MINUTE,
                        "Australia/Lord_Howe",
                        "2024-04-07T01:59+11:00",
                        "2024-04-07T01:30+10:30",
                        "2024-04-07T01:31+10:30"),
                row(
                        "midnight is left out, by day",
                        DAY,
                        "America/Sao_Paulo",
                        "2018-11-03T00:00-03:00",
                        "2018-11-04T01:00-02:00",
                        "2018-11-05T00:00-02:00"),
                row(
                        "midnight is left out, by hour",
                        HOUR,
                        "America/Sao_Paulo",
                        "2018-11-03T23:00-03:00",
                        "2018-11-04T01:00-02:00",
                        "2018-11-04T02:00-02:00"),
                row(
                        "midnight is left out, by week",
                        CalendarWindow.weekly().startingOn(DayOfWeek.SUNDAY),
                        "America/Sao_Paulo",
                        "2018-10-28T00:00-03:00",
                        "2018-11-04T01:00-02:00",
                        "2018-11-11T00:00-02:00"),
                row(
                        "back from midnight to 23:00, by day",
                        DAY,
                        "America/Sao_Paulo",
                        "2018-02-17T00:00-02:00",
                        "2018-02-18T00:00-03:00",
                        "2018-02-19T00:00-03:00"),
                row(
                        "back from midnight to 23:00, by hour",
                        HOUR,
                        "America/Sao_Paulo",
                        "2018-02-17T23:00-02:00",
                        "2018-02-17T23:00-03:00",
                        "2018-02-18T00:00-03:00"),
                row(
                        "midnight is left out in Cairo",
                        DAY,
                        "Africa/Cairo",
                        "2023-04-27T00:00+02:00",
                        "2023-04-28T01:00+03:00",
                        "2023-04-29T00:00+03:00"),
                row(
                        "midnight is left out in Beirut",
                        DAY,
                        "Asia/Beirut",
                        "2024-03-30T00:00+02:00",
                        "2024-03-31T01:00+03:00",
                        "2024-04-01T00:00+03:00"),
                row(
                        "midnight is repeated: the earlier",
                        DAY,
                        "America/Havana",
                        "2024-11-02T00:00-04:00",
                        "2024-11-03T00:00-04:00",
                        "2024-11-04T00:00-05:00"),
                row(
                        "a minute after midnight back to yesterday: still today",
                        DAY,
                        "America/St_Johns",
                        "2010-11-06T00:00-02:30",
                        "2010-11-07T00:00-02:30",
                        "2010-11-08T00:00-03:30"),
                row(
                        "a minute after midnight back to 23:01: the hour goes on",
                        HOUR,
                        "America/St_Johns",
                        "2010-11-06T23:00-02:30",
                        "2010-11-07T00:00-02:30",
                        "2010-11-07T00:00-03:30",
                        "2010-11-07T01:00-03:30"),
                row(
                        "December 30 left out, by day",
                        DAY,
                        "Pacific/Apia",
                        "2011-12-29T00:00-10:00",
                        "2011-12-31T00:00+14:00",
                        "2012-01-01T00:00+14:00"),
                row(
                        "December 30 left out, by hour",
                        HOUR,
                        "Pacific/Apia",
                        "2011-12-29T23:00-10:00",
                        "2011-12-31T00:00+14:00",
                        "2011-12-31T01:00+14:00"),
                row(
                        "December 30 left out: 06:00 of it is the jump",
                        DAY.startingAt(LocalTime.of(6, 0)),
                        "Pacific/Apia",
                        "2011-12-29T06:00-10:00",
                        "2011-12-31T00:00+14:00",
                        "2011-12-31T06:00+14:00"),
                row(
                        "December 30 left out: billing day",
                        CalendarWindow.monthly().startingOn(30),
                        "Pacific/Apia",
                        "2011-11-30T00:00-10:00",
                        "2011-12-31T00:00+14:00",
                        "2012-01-30T00:00+14:00"),
                row(
                        "August 21 left out",
                        DAY,
                        "Pacific/Kwajalein",
                        "1993-08-20T00:00-12:00",
                        "1993-08-22T00:00+12:00",
                        "1993-08-23T00:00+12:00"),
                row(
                        "23 hours back: a day of 47 hours",
                        DAY,
                        "Pacific/Kwajalein",
                        "1969-09-30T00:00+11:00",
                        "1969-10-01T00:00-12:00",
                        "1969-10-02T00:00-12:00"),
                row(
                        "44 minutes and 30 seconds ahead, by day",
                        DAY,
                        "Africa/Monrovia",
                        "1972-01-06T00:00-00:44:30",
                        "1972-01-07T00:44:30Z",
                        "1972-01-08T00:00Z"),
                row(
                        "44 minutes and 30 seconds ahead, by hour",
                        HOUR,
                        "Africa/Monrovia",
                        "1972-01-06T23:00-00:44:30",
                        "1972-01-07T00:44:30Z",
                        "1972-01-07T01:00Z"),
                row(
                        "44 minutes and 30 seconds ahead, by minute",
                        MINUTE,
                        "Africa/Monrovia",
                        "1972-01-06T23:59-00:44:30",
                        "1972-01-07T00:44:30Z",
                        "1972-01-07T00:45Z"),
                row(
                        "a quarter of an hour ahead",
                        HOUR,
                        "Asia/Kathmandu",
                        "1985-12-31T23:00+05:30",
                        "1986-01-01T00:15+05:45",
                        "1986-01-01T01:00+05:45"),
                row(
                        "hours of a zone with 45 minutes",
                        HOUR,
                        "Asia/Kathmandu",
                        "2026-03-05T10:00+05:45",
                        "2026-03-05T11:00+05:45"),
                row(
                        "hours of a zone with 30 minutes",
                        HOUR,
                        "Asia/Kolkata",
                        "2026-03-05T10:00+05:30",
                        "2026-03-05T11:00+05:30"),
                row(
                        "back at a quarter to four",
                        HOUR,
                        "Pacific/Chatham",
                        "2024-04-07T03:00+13:45",
                        "2024-04-07T03:00+12:45",
                        "2024-04-07T04:00+12:45"),
                row(
                        "ahead within an hour: the start is kept",
                        HOUR,
                        "America/Caracas",
                        "2016-05-01T01:00-04:30",
                        "2016-05-01T02:00-04:30",
                        "2016-05-01T03:00-04:00",
                        "2016-05-01T04:00-04:00"),
                row(
                        "two hours at once",
                        HOUR,
                        "Antarctica/Troll",
                        "2024-03-31T00:00Z",
                        "2024-03-31T03:00+02:00",
                        "2024-03-31T04:00+02:00"));
    }

    private static Row row(String name, CalendarWindow window, String zone, String... starts) {
        return new Row(name, window.in(ZoneId.of(zone)), List.of(starts));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void startsAreThese(Row row) {
        List<Instant> expected =
                row.starts().stream().map(WindowStartsTest::instant).toList();
        List<Instant> starts = new ArrayList<>();
        Instant next = expected.get(0);
        while (starts.size() < expected.size()) {
            WindowBounds bounds = row.window().at(next);
            starts.add(bounds.start());
            next = bounds.end();
        }
        assertThat(starts).isEqualTo(expected);
    }

    static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }
}
