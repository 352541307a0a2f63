package dev.ratelimit.examples;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.WindowBounds;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** What contracts say of months, days and hours, and when these start. */
final class BillingWindows {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private final List<Quota> quotas;
    private WindowBounds month;

    BillingWindows(Instant now) {
        quotas = List.of(
                Quota.of("calls", 20_000, CalendarWindow.monthly()),
                Quota.of("exports", 10, CalendarWindow.daily().in(BERLIN)),
                Quota.of("trials", 0, CalendarWindow.yearly()));
        month = CalendarWindow.monthly().at(now);
    }

    List<Quota> quotas() {
        return quotas;
    }

    static List<CalendarWindow> starts() {
        CalendarWindow billing = CalendarWindow.monthly().startingOn(31);
        CalendarWindow week = CalendarWindow.weekly().startingOn(DayOfWeek.SUNDAY);
        CalendarWindow contract = CalendarWindow.yearly().startingOn(MonthDay.of(2, 29));
        CalendarWindow shift =
                CalendarWindow.daily().startingAt(LocalTime.of(6, 0)).in(BERLIN);
        return List.of(billing, week, contract, shift);
    }

    static List<CalendarWindow> severalUnits(ZonedDateTime signUp) {
        CalendarWindow quarterHours = CalendarWindow.every(15, ChronoUnit.MINUTES);
        CalendarWindow quarters = CalendarWindow.quarterly();
        CalendarWindow sprints = CalendarWindow.every(2, ChronoUnit.WEEKS).startingOn(LocalDate.of(2026, 1, 5));
        CalendarWindow trial = CalendarWindow.every(30, ChronoUnit.DAYS).startingFrom(signUp);
        return List.of(quarterHours, quarters, sprints, trial);
    }

    static Duration lengthOf(CalendarWindow window, Instant now) {
        WindowBounds bounds = window.at(now);
        return Duration.between(bounds.start(), bounds.end());
    }

    Instant nextMonth(Instant now) {
        if (!month.contains(now)) {
            month = CalendarWindow.monthly().at(now);
        }
        return month.end();
    }
}
