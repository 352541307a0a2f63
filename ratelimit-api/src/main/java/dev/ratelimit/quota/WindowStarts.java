package dev.ratelimit.quota;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** Where windows start on a local clock. */
sealed interface WindowStarts {

    /** The length of the windows, on a clock that is never changed. */
    ChronoUnit unit();

    /** The window that has a second in it. */
    WindowBounds around(long second, LocalClock clock);

    /** Whenever the clock reaches a full second, minute or hour. */
    record OnClock(ChronoUnit unit) implements WindowStarts {

        @Override
        public WindowBounds around(long second, LocalClock clock) {
            long seconds = unit.getDuration().toSeconds();
            return bounds(clock.lastMultiple(second, seconds), clock.nextMultiple(second, seconds));
        }

        @Override
        public String toString() {
            return switch (unit) {
                case SECONDS -> "every second";
                case MINUTES -> "every minute";
                default -> "hourly";
            };
        }
    }

    /** When the clock first reaches a time of day, on some dates. */
    record OnDates(StartDates dates, LocalTime time) implements WindowStarts {

        @Override
        public ChronoUnit unit() {
            return dates.unit();
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
                // The clock was set back over this start, which it had reached before.
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

    private static WindowBounds bounds(long start, long end) {
        return new WindowBounds(Instant.ofEpochSecond(start), Instant.ofEpochSecond(end));
    }
}
