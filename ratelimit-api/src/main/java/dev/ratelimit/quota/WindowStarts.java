package dev.ratelimit.quota;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** The rule for the starts of windows on a local clock. */
sealed interface WindowStarts {

    /** Returns the unit of the windows' length. */
    ChronoUnit unit();

    /** Returns the number of units in a window. */
    int count();

    /** Returns the length of the windows, in the form that the names of counters contain. */
    default String length() {
        return switch (unit()) {
            case SECONDS -> count() + "s";
            case MINUTES -> count() + "m";
            case HOURS -> count() + "h";
            case DAYS -> count() + "d";
            case WEEKS -> count() + "w";
            case MONTHS -> count() + "mo";
            case YEARS -> count() + "y";
            default -> "life";
        };
    }

    /** Returns the window that contains a second. */
    WindowBounds around(long second, LocalClock clock);

    /**
     * Returns windows that start when the clock reaches a multiple of a number of units from midnight. They are
     * expressed in the largest unit, so that equal windows are equal objects.
     */
    static WindowStarts every(int count, ChronoUnit unit) {
        long seconds = count * unit.getDuration().toSeconds();
        long day = ChronoUnit.DAYS.getDuration().toSeconds();
        if (seconds > day || day % seconds != 0) {
            throw new IllegalArgumentException("windows of " + count + " " + unit
                    + " would start at other times each day; take a number that divides "
                    + day / unit.getDuration().toSeconds());
        }
        if (seconds == day) {
            return new OnDates(new StartDates.Daily(), LocalTime.MIDNIGHT);
        }
        for (ChronoUnit larger : List.of(ChronoUnit.HOURS, ChronoUnit.MINUTES)) {
            if (seconds % larger.getDuration().toSeconds() == 0) {
                return new OnClock((int) (seconds / larger.getDuration().toSeconds()), larger);
            }
        }
        return new OnClock((int) seconds, ChronoUnit.SECONDS);
    }

    /**
     * Windows that start when the clock reaches a multiple of a number of seconds, minutes or hours from midnight. The
     * number divides a day.
     */
    record OnClock(int count, ChronoUnit unit) implements WindowStarts {

        @Override
        public WindowBounds around(long second, LocalClock clock) {
            long seconds = count * unit.getDuration().toSeconds();
            return bounds(clock.lastMultiple(second, seconds), clock.nextMultiple(second, seconds));
        }

        @Override
        public String toString() {
            if (count > 1) {
                return "every " + count + " " + unit.toString().toLowerCase(Locale.ROOT);
            }
            return switch (unit) {
                case SECONDS -> "every second";
                case MINUTES -> "every minute";
                default -> "hourly";
            };
        }
    }

    /** Windows that start when the clock first reaches a time of day on given dates. */
    record OnDates(StartDates dates, LocalTime time) implements WindowStarts {

        @Override
        public ChronoUnit unit() {
            return dates.unit();
        }

        @Override
        public int count() {
            return dates.count();
        }

        @Override
        public WindowBounds around(long second, LocalClock clock) {
            LocalDateTime shown = LocalDateTime.ofEpochSecond(clock.shownAt(second), 0, ZoneOffset.UTC);
            LocalDate today = shown.toLocalDate();
            LocalDate date = dates.upTo(shown.toLocalTime().isBefore(time) ? today.minusDays(1) : today);
            long start = start(date, clock);
            while (true) {
                date = dates.after(date);
                long end = start(date, clock);
                if (end > second) {
                    return bounds(start, end);
                }
                // The clock was set back over this start, which it had already reached.
                start = end;
            }
        }

        private long start(LocalDate date, LocalClock clock) {
            return clock.firstReaching(date.toEpochSecond(time, ZoneOffset.UTC));
        }

        @Override
        public String toString() {
            return dates + " at " + time;
        }
    }

    /** A single window, which has no end. */
    record Once() implements WindowStarts {

        @Override
        public ChronoUnit unit() {
            return ChronoUnit.FOREVER;
        }

        @Override
        public int count() {
            return 1;
        }

        @Override
        public WindowBounds around(long second, LocalClock clock) {
            return WindowBounds.ENDLESS;
        }

        @Override
        public String toString() {
            return "for ever";
        }
    }

    private static WindowBounds bounds(long start, long end) {
        return new WindowBounds(Instant.ofEpochSecond(start), Instant.ofEpochSecond(end));
    }
}
