package dev.ratelimit.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
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
                .isEqualTo("7200s");
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
        assertThatThrownBy(() -> CalendarWindow.every(7, ChronoUnit.MINUTES)).hasMessageContaining("below 1440");
        assertThatThrownBy(() -> CalendarWindow.every(24, ChronoUnit.HOURS)).hasMessageContaining("below 24");
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
