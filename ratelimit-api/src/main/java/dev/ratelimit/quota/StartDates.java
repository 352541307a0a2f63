package dev.ratelimit.quota;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.MonthDay;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;

/** The dates on which windows of a day or longer start. */
sealed interface StartDates {

    /** Returns the unit of the windows' length. */
    ChronoUnit unit();

    /** Returns the number of units in a window. */
    default int count() {
        return 1;
    }

    /**
     * Returns the dates that are a whole number of windows before or after a start. They are expressed in the largest
     * unit, so that equal dates are equal objects.
     */
    static StartDates every(int count, ChronoUnit unit, LocalDate start) {
        if (unit == ChronoUnit.DAYS && count % 7 == 0) {
            return every(count / 7, ChronoUnit.WEEKS, start);
        }
        if (unit == ChronoUnit.MONTHS && count % 12 == 0) {
            return every(count / 12, ChronoUnit.YEARS, start);
        }
        return switch (unit) {
            case DAYS -> count == 1 ? new Daily() : EveryDays.of(unit, count, count, start);
            case WEEKS -> count == 1 ? new Weekly(start.getDayOfWeek()) : EveryDays.of(unit, count, 7 * count, start);
            case MONTHS -> count == 1 ? new Monthly(start.getDayOfMonth()) : EveryMonths.of(unit, count, count, start);
            default -> count == 1 ? new Yearly(MonthDay.from(start)) : EveryMonths.of(unit, count, 12 * count, start);
        };
    }

    /** Returns the last start up to and including a date. */
    LocalDate upTo(LocalDate date);

    /** Returns the start that follows a start. */
    LocalDate after(LocalDate start);

    /** Every date. */
    record Daily() implements StartDates {

        @Override
        public ChronoUnit unit() {
            return ChronoUnit.DAYS;
        }

        @Override
        public LocalDate upTo(LocalDate date) {
            return date;
        }

        @Override
        public LocalDate after(LocalDate start) {
            return start.plusDays(1);
        }

        @Override
        public String toString() {
            return "daily";
        }
    }

    /** One day of each week. */
    record Weekly(DayOfWeek day) implements StartDates {

        @Override
        public ChronoUnit unit() {
            return ChronoUnit.WEEKS;
        }

        @Override
        public LocalDate upTo(LocalDate date) {
            return date.with(TemporalAdjusters.previousOrSame(day));
        }

        @Override
        public LocalDate after(LocalDate start) {
            return start.plusWeeks(1);
        }

        @Override
        public String toString() {
            return "weekly on " + day;
        }
    }

    /** One day of each month; the last day of a shorter month. */
    record Monthly(int day) implements StartDates {

        @Override
        public ChronoUnit unit() {
            return ChronoUnit.MONTHS;
        }

        @Override
        public LocalDate upTo(LocalDate date) {
            LocalDate start = in(YearMonth.from(date));
            return start.isAfter(date) ? in(YearMonth.from(date).minusMonths(1)) : start;
        }

        @Override
        public LocalDate after(LocalDate start) {
            return in(YearMonth.from(start).plusMonths(1));
        }

        private LocalDate in(YearMonth month) {
            return month.atDay(Math.min(day, month.lengthOfMonth()));
        }

        @Override
        public String toString() {
            return "monthly on " + day;
        }
    }

    /** One day of each year; in years without February 29, it stands for February 28. */
    record Yearly(MonthDay day) implements StartDates {

        @Override
        public ChronoUnit unit() {
            return ChronoUnit.YEARS;
        }

        @Override
        public LocalDate upTo(LocalDate date) {
            LocalDate start = day.atYear(date.getYear());
            return start.isAfter(date) ? day.atYear(date.getYear() - 1) : start;
        }

        @Override
        public LocalDate after(LocalDate start) {
            return day.atYear(start.getYear() + 1);
        }

        @Override
        public String toString() {
            return "yearly on " + day;
        }
    }

    /** Dates that are a number of days apart, before and after a start. */
    record EveryDays(ChronoUnit unit, int count, int days, int offset) implements StartDates {

        static EveryDays of(ChronoUnit unit, int count, int days, LocalDate start) {
            return new EveryDays(unit, count, days, (int) Math.floorMod(start.toEpochDay(), (long) days));
        }

        @Override
        public LocalDate upTo(LocalDate date) {
            return date.minusDays(Math.floorMod(date.toEpochDay() - offset, (long) days));
        }

        @Override
        public LocalDate after(LocalDate start) {
            return start.plusDays(days);
        }

        @Override
        public String toString() {
            return EveryMonths.words(count, unit, LocalDate.ofEpochDay(offset));
        }
    }

    /**
     * Dates on one day of the month that are a number of months apart, before and after a start; the last day of a
     * shorter month.
     */
    record EveryMonths(ChronoUnit unit, int count, int months, int offset, int day) implements StartDates {

        static EveryMonths of(ChronoUnit unit, int count, int months, LocalDate start) {
            return new EveryMonths(
                    unit, count, months, Math.floorMod(number(YearMonth.from(start)), months), start.getDayOfMonth());
        }

        private static int number(YearMonth month) {
            return month.getYear() * 12 + month.getMonthValue() - 1;
        }

        @Override
        public LocalDate upTo(LocalDate date) {
            YearMonth month = YearMonth.from(date);
            YearMonth first = month.minusMonths(Math.floorMod(number(month) - offset, months));
            LocalDate start = in(first);
            return start.isAfter(date) ? in(first.minusMonths(months)) : start;
        }

        @Override
        public LocalDate after(LocalDate start) {
            return in(YearMonth.from(start).plusMonths(months));
        }

        private LocalDate in(YearMonth month) {
            return month.atDay(Math.min(day, month.lengthOfMonth()));
        }

        private static String words(int count, ChronoUnit unit, LocalDate start) {
            return "every " + count + " " + unit.toString().toLowerCase(Locale.ROOT) + " from " + start;
        }

        @Override
        public String toString() {
            YearMonth first = YearMonth.of(1970, 1);
            return words(count, unit, in(first.plusMonths(Math.floorMod(offset - number(first), months))));
        }
    }
}
