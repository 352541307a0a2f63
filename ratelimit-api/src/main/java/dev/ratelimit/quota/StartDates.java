package dev.ratelimit.quota;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.MonthDay;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/** The dates on which windows of a day or longer start. */
sealed interface StartDates {

    /** The length of the windows. */
    ChronoUnit unit();

    /** The last start up to a date. */
    LocalDate upTo(LocalDate date);

    /** The start that comes after one. */
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

    /** One day of each month, its last where it is shorter. */
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

    /** One day of each year; February 29 is the 28th in years that have none. */
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
}
