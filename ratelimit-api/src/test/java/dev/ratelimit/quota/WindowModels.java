package dev.ratelimit.quota;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Windows with models of them, whose rules for dates are written once more, in other words. */
final class WindowModels {

    private WindowModels() {}

    static List<WindowModel> onClock() {
        return List.of(
                onClock(1, ChronoUnit.SECONDS),
                onClock(1, ChronoUnit.MINUTES),
                onClock(1, ChronoUnit.HOURS),
                onClock(10, ChronoUnit.SECONDS),
                onClock(5, ChronoUnit.MINUTES),
                onClock(15, ChronoUnit.MINUTES),
                onClock(90, ChronoUnit.MINUTES),
                onClock(6, ChronoUnit.HOURS),
                onClock(12, ChronoUnit.HOURS));
    }

    private static WindowModel onClock(int count, ChronoUnit unit) {
        return new WindowModel.OfClock(CalendarWindow.every(count, unit), count, unit);
    }

    /** Dates that are a number of units from a first one, both ways; found by counting from it. */
    static WindowModel every(int count, ChronoUnit unit, LocalDate first, LocalTime time) {
        return of(CalendarWindow.every(count, unit).startingOn(first), time, date -> {
            long between = unit.between(first, date);
            long near = between / count * count;
            return Stream.of(near - count, near, near + count)
                    .anyMatch(units -> first.plus(units, unit).equals(date));
        });
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
