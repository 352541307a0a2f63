package dev.ratelimit.quota;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Windows found another way: every start that there can be around an instant is written down, by what the zone's rules
 * say of local times, and then the nearest two are taken.
 */
sealed interface WindowModel {

    /** The window under test. */
    CalendarWindow window();

    /** The start before or at the instant, and the one after it. */
    WindowBounds at(Instant instant);

    /** A window of a day or longer: its dates are found by trying each. */
    record OfDates(CalendarWindow window, Predicate<LocalDate> isStart, LocalTime time) implements WindowModel {

        @Override
        public WindowBounds at(Instant instant) {
            LocalDate date = LocalDate.ofInstant(instant, window.zone()).plusDays(2);
            while (!isStart.test(date) || start(date).isAfter(instant)) {
                date = date.minusDays(1);
            }
            Instant start = start(date);
            while (!isStart.test(date) || !start(date).isAfter(instant)) {
                date = date.plusDays(1);
            }
            return new WindowBounds(start, start(date));
        }

        private Instant start(LocalDate date) {
            LocalDateTime local = date.atTime(time);
            ZoneOffsetTransition change = window.zone().getRules().getTransition(local);
            return change != null && change.isGap()
                    ? change.getInstant()
                    : ZonedDateTime.of(local, window.zone())
                            .withEarlierOffsetAtOverlap()
                            .toInstant();
        }
    }

    /** A window of an hour or shorter: each local time is tried with each offset, and each change of the offset. */
    record OfClock(CalendarWindow window, int count, ChronoUnit unit) implements WindowModel {

        private LocalDateTime truncated(LocalDateTime time) {
            long seconds = count * unit.getDuration().toSeconds();
            long of = time.toLocalTime().toSecondOfDay();
            return time.toLocalDate().atStartOfDay().plusSeconds(of - of % seconds);
        }

        @Override
        public WindowBounds at(Instant instant) {
            ZoneRules rules = window.zone().getRules();
            Duration reach = unit.getDuration().multipliedBy(4L * count);
            Instant from = instant.minus(reach);
            Instant to = instant.plus(reach);
            Set<ZoneOffset> offsets = new HashSet<>();
            offsets.add(rules.getOffset(from));
            TreeSet<Instant> starts = new TreeSet<>();
            ZoneOffsetTransition change = rules.nextTransition(from);
            while (change != null && !change.getInstant().isAfter(to)) {
                offsets.add(change.getOffsetAfter());
                LocalDateTime last = truncated(change.getDateTimeAfter());
                if (change.isGap() && !last.isBefore(change.getDateTimeBefore())) {
                    starts.add(change.getInstant());
                }
                change = rules.nextTransition(change.getInstant());
            }
            for (ZoneOffset offset : offsets) {
                LocalDateTime local = truncated(LocalDateTime.ofInstant(from, offset));
                LocalDateTime end = LocalDateTime.ofInstant(to, offset);
                while (local.isBefore(end)) {
                    if (rules.isValidOffset(local, offset)) {
                        starts.add(local.toInstant(offset));
                    }
                    local = local.plus(count, unit);
                }
            }
            Instant start = starts.floor(instant);
            Instant end = starts.higher(instant);
            if (start == null || end == null) {
                throw new AssertionError("no start within " + reach + " of " + instant + " in " + window);
            }
            return new WindowBounds(start, end);
        }
    }

    /** A model of a window with another zone. */
    default WindowModel in(ZoneId zone) {
        return this instanceof OfDates dates
                ? new OfDates(window().in(zone), dates.isStart(), dates.time())
                : new OfClock(window().in(zone), window().count(), window().unit());
    }
}
