package dev.ratelimit.quota;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Predicate;

/** Windows with models of them, whose rules for dates are written once more, in other words. */
final class WindowModels {

    private WindowModels() {}

    static List<WindowModel> onClock() {
        return List.of(
                new WindowModel.OfClock(CalendarWindow.everySecond(), ChronoUnit.SECONDS),
                new WindowModel.OfClock(CalendarWindow.everyMinute(), ChronoUnit.MINUTES),
                new WindowModel.OfClock(CalendarWindow.hourly(), ChronoUnit.HOURS));
    }

    static WindowModel daily(LocalTime time) {
        return of(CalendarWindow.daily(), time, date -> true);
    }

    static WindowModel weekly(DayOfWeek day, LocalTime time) {
        return of(CalendarWindow.weekly().startingOn(day), time, date -> date.getDayOfWeek() == day);
    }

    static WindowModel monthly(int day, LocalTime time) {
        return of(
                CalendarWindow.monthly().startingOn(day),
                time,
                date -> date.getDayOfMonth() == day
                        || (date.getDayOfMonth() < day && date.plusDays(1).getDayOfMonth() == 1));
    }

    static WindowModel yearly(MonthDay day, LocalTime time) {
        return of(
                CalendarWindow.yearly().startingOn(day),
                time,
                date -> MonthDay.from(date).equals(day)
                        || (day.equals(MonthDay.of(2, 29))
                                && !date.isLeapYear()
                                && MonthDay.from(date).equals(MonthDay.of(2, 28))));
    }

    private static WindowModel of(CalendarWindow window, LocalTime time, Predicate<LocalDate> isStart) {
        return new WindowModel.OfDates(window.startingAt(time), isStart, time);
    }
}
