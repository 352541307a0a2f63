package dev.ratelimit.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Windows of several units, and the one without end. */
class LongWindowsTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource({
        "5, MINUTES, 2026-03-10T12:10:00Z, 2026-03-10T12:15:00Z",
        "15, MINUTES, 2026-03-10T12:00:00Z, 2026-03-10T12:15:00Z",
        "6, HOURS, 2026-03-10T12:00:00Z, 2026-03-10T18:00:00Z",
        "2, WEEKS, 2026-03-02T00:00:00Z, 2026-03-16T00:00:00Z",
        "3, MONTHS, 2026-01-01T00:00:00Z, 2026-04-01T00:00:00Z",
        "6, MONTHS, 2026-01-01T00:00:00Z, 2026-07-01T00:00:00Z",
        "2, YEARS, 2026-01-01T00:00:00Z, 2028-01-01T00:00:00Z"
    })
    void areAligned(int count, ChronoUnit unit, Instant start, Instant end) {
        assertThat(CalendarWindow.every(count, unit).at(Instant.parse("2026-03-10T12:14:59Z")))
                .isEqualTo(new WindowBounds(start, end));
    }

    @Test
    void startOnAGivenDateAndWholeUnitsBeforeAndAfterIt() {
        CalendarWindow sprints = CalendarWindow.every(2, ChronoUnit.WEEKS).startingOn(LocalDate.of(2026, 3, 2));
        assertThat(sprints.at(Instant.parse("2026-03-15T23:00:00Z")).end()).isEqualTo("2026-03-16T00:00:00Z");
        assertThat(sprints.at(Instant.parse("2026-02-20T00:00:00Z")).start()).isEqualTo("2026-02-16T00:00:00Z");
        assertThat(sprints)
                .isEqualTo(CalendarWindow.every(2, ChronoUnit.WEEKS).startingOn(LocalDate.of(2025, 3, 3)))
                .isNotEqualTo(CalendarWindow.every(2, ChronoUnit.WEEKS).startingOn(LocalDate.of(2026, 3, 9)));
    }

    @Test
    void ofOneUnitAreThoseOfThatName() {
        LocalDate date = LocalDate.of(2024, 2, 29);
        assertThat(CalendarWindow.every(1, ChronoUnit.DAYS)).isEqualTo(CalendarWindow.daily());
        assertThat(CalendarWindow.every(1, ChronoUnit.WEEKS)).isEqualTo(CalendarWindow.weekly());
        assertThat(CalendarWindow.every(1, ChronoUnit.MINUTES)).isEqualTo(CalendarWindow.everyMinute());
        assertThat(CalendarWindow.monthly().startingOn(date))
                .isEqualTo(CalendarWindow.monthly().startingOn(29));
        assertThat(CalendarWindow.weekly().startingOn(date))
                .isEqualTo(CalendarWindow.weekly().startingOn(DayOfWeek.THURSDAY));
        assertThat(CalendarWindow.yearly().startingOn(date))
                .isEqualTo(CalendarWindow.yearly().startingOn(MonthDay.of(2, 29)));
        assertThat(CalendarWindow.daily().startingOn(date)).isEqualTo(CalendarWindow.daily());
        assertThat(CalendarWindow.quarterly()).isEqualTo(CalendarWindow.every(3, ChronoUnit.MONTHS));
    }

    @ParameterizedTest
    @CsvSource({
        "60, SECONDS, 1, MINUTES",
        "3600, SECONDS, 1, HOURS",
        "60, MINUTES, 1, HOURS",
        "180, MINUTES, 3, HOURS",
        "90, SECONDS, 90, SECONDS",
        "90, MINUTES, 90, MINUTES",
        "24, HOURS, 1, DAYS",
        "1440, MINUTES, 1, DAYS",
        "14, DAYS, 2, WEEKS",
        "30, DAYS, 30, DAYS",
        "12, MONTHS, 1, YEARS",
        "36, MONTHS, 3, YEARS",
        "18, MONTHS, 18, MONTHS"
    })
    void thatAreEqualHaveOneName(int count, ChronoUnit unit, int largerCount, ChronoUnit largerUnit) {
        CalendarWindow window = CalendarWindow.every(count, unit);
        CalendarWindow larger = CalendarWindow.every(largerCount, largerUnit);
        if (window.unit().compareTo(ChronoUnit.DAYS) > 0) {
            // A week of days is counted from January 1, 1970, which was no Monday.
            LocalDate leapDay = LocalDate.of(2024, 2, 29);
            window = window.startingOn(leapDay);
            larger = larger.startingOn(leapDay);
        }
        assertThat(window).isEqualTo(larger).hasToString(larger.toString());
        assertThat(window.length()).isEqualTo(larger.length());
        assertThat(window.unit()).isEqualTo(largerUnit);
        assertThat(window.count()).isEqualTo(largerCount);
    }

    @Test
    void sevenDaysAreAWeekFromTheirOwnDay() {
        CalendarWindow days = CalendarWindow.every(7, ChronoUnit.DAYS);
        assertThat(days).isEqualTo(CalendarWindow.weekly().startingOn(DayOfWeek.THURSDAY));
        assertThat(days.startingOn(LocalDate.of(2026, 3, 2))).isEqualTo(CalendarWindow.weekly());
    }

    @Test
    void startsOutsideOfTheYearsThatThereAreAreRefused() {
        for (CalendarWindow window : List.of(
                CalendarWindow.daily(),
                CalendarWindow.weekly(),
                CalendarWindow.monthly(),
                CalendarWindow.quarterly(),
                CalendarWindow.yearly(),
                CalendarWindow.every(30, ChronoUnit.DAYS))) {
            for (LocalDate far : List.of(
                    LocalDate.of(300_000_000, 1, 1), LocalDate.MIN, LocalDate.MAX, LocalDate.of(10_000, 1, 1))) {
                assertThatThrownBy(() -> window.startingOn(far))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("date must be in the years 0 to 9999")
                        .hasMessageContaining(far.toString());
                assertThatThrownBy(() -> window.startingFrom(far.atTime(12, 0).atZone(ZoneOffset.UTC)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("start must be in the years 0 to 9999");
            }
            Instant now = Instant.parse("2026-03-10T12:00:00Z");
            for (LocalDate edge : List.of(LocalDate.of(0, 1, 1), LocalDate.of(9999, 12, 31))) {
                assertThat(window.startingOn(edge).at(now).contains(now)).isTrue();
            }
        }
        assertThat(CalendarWindow.yearly()
                        .at(Instant.parse("9999-03-10T12:00:00Z"))
                        .isEndless())
                .isFalse();
    }

    @Test
    void aStartThatTheClockShowsTwiceIsTheFirst() {
        LocalDateTime twice = LocalDateTime.of(2024, 10, 27, 2, 30);
        ZonedDateTime summer = ZonedDateTime.ofLocal(twice, BERLIN, ZoneOffset.ofHours(2));
        ZonedDateTime winter = ZonedDateTime.ofLocal(twice, BERLIN, ZoneOffset.ofHours(1));
        CalendarWindow days = CalendarWindow.every(30, ChronoUnit.DAYS);
        assertThat(days.startingFrom(winter)).isEqualTo(days.startingFrom(summer));
        WindowBounds first = days.startingFrom(winter).at(winter.toInstant());
        assertThat(first.start()).as("an hour before the customer's").isEqualTo(summer.toInstant());
        assertThat(first.end()).isEqualTo("2024-11-26T01:30:00Z");
    }

    @Test
    void aStartThatTheClockJumpsOverIsTheJump() {
        ZonedDateTime before = ZonedDateTime.of(2024, 3, 1, 2, 30, 0, 0, BERLIN);
        CalendarWindow days = CalendarWindow.every(30, ChronoUnit.DAYS).startingFrom(before);
        assertThat(days.at(before.toInstant()).end()).as("02:30 is not there").isEqualTo("2024-03-31T01:00:00Z");
        LocalDateTime missing = LocalDateTime.of(2024, 3, 31, 2, 30);
        assertThat(CalendarWindow.daily().startingFrom(missing.atZone(BERLIN)))
                .as("java.time has moved it to 03:30")
                .isEqualTo(
                        CalendarWindow.daily().startingAt(LocalTime.of(3, 30)).in(BERLIN));
    }

    @Test
    void thirtyDaysFromASignUpAreDaysOfTheCalendar() {
        ZonedDateTime signUp = ZonedDateTime.of(2026, 3, 10, 9, 30, 15, 999, BERLIN);
        CalendarWindow trial = CalendarWindow.every(30, ChronoUnit.DAYS).startingFrom(signUp);
        WindowBounds first = trial.at(signUp.toInstant());
        assertThat(first.start()).isEqualTo("2026-03-10T08:30:15Z");
        assertThat(first.end()).as("in summer time").isEqualTo("2026-04-09T07:30:15Z");
        CalendarWindow months = CalendarWindow.monthly().startingFrom(signUp.withDayOfMonth(31));
        assertThat(months.at(Instant.parse("2026-04-10T00:00:00Z")).end()).isEqualTo("2026-04-30T07:30:15Z");
    }

    @Test
    void theWindowWithoutEndHasAllInstants() {
        CalendarWindow lifetime = CalendarWindow.lifetime();
        WindowBounds bounds = lifetime.at(Instant.parse("2026-03-10T12:00:00Z"));
        assertThat(bounds.isEndless()).isTrue();
        assertThat(bounds.contains(Instant.parse("9999-12-31T23:59:59.999Z"))).isTrue();
        assertThat(bounds.contains(Instant.parse("0000-01-01T00:00:00Z"))).isTrue();
        assertThat(lifetime.in(BERLIN)).isEqualTo(lifetime).hasToString("for ever in Z");
        QuotaUsage used = new QuotaUsage(Quota.of("credit", 5, lifetime), 5, bounds);
        assertThat(QuotaDecision.refused(List.of(used), 1, Instant.EPOCH).retryAfter())
                .isEqualTo(QuotaDecision.NEVER);
    }

    @Test
    void haveTheirLengthInNamesAndInWords() {
        assertThat(CalendarWindow.every(15, ChronoUnit.MINUTES).length()).isEqualTo("15m");
        assertThat(CalendarWindow.every(43_200 / 6, ChronoUnit.SECONDS).length())
                .isEqualTo("2h");
        assertThat(CalendarWindow.yearly().length()).isEqualTo("1y");
        assertThat(CalendarWindow.quarterly().length()).isEqualTo("3mo");
        assertThat(CalendarWindow.lifetime().length()).isEqualTo("life");
        assertThat(CalendarWindow.every(15, ChronoUnit.MINUTES)).hasToString("every 15 minutes in Z");
        assertThat(CalendarWindow.every(2, ChronoUnit.WEEKS))
                .hasToString("every 2 weeks from 1970-01-05 at 00:00 in Z");
        assertThat(CalendarWindow.quarterly()).hasToString("every 3 months from 1970-01-01 at 00:00 in Z");
    }

    @Test
    void thatCannotBeAreRefusedWithWhatWorks() {
        assertThatThrownBy(() -> CalendarWindow.every(7, ChronoUnit.MINUTES)).hasMessageContaining("divides 1440");
        assertThatThrownBy(() -> CalendarWindow.every(25, ChronoUnit.HOURS)).hasMessageContaining("divides 24");
        assertThatThrownBy(() -> CalendarWindow.every(0, ChronoUnit.DAYS)).hasMessageContaining("1 to 9999");
        assertThatThrownBy(() -> CalendarWindow.every(2, ChronoUnit.DECADES)).hasMessageContaining("but was Decades");
        assertThatThrownBy(() -> CalendarWindow.every(2, ChronoUnit.WEEKS).startingOn(DayOfWeek.SUNDAY))
                .hasMessageContaining("takes startingOn(LocalDate)");
        assertThatThrownBy(() -> CalendarWindow.quarterly().startingOn(15))
                .hasMessageContaining("takes startingOn(LocalDate)");
        assertThatThrownBy(() -> CalendarWindow.hourly().startingOn(LocalDate.EPOCH))
                .hasMessageContaining("starts by the clock");
        assertThatThrownBy(() -> CalendarWindow.lifetime().startingAt(LocalTime.NOON))
                .hasMessageContaining("has no start");
    }
}
