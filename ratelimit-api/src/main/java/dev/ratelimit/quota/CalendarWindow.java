package dev.ratelimit.quota;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * A calendar window divides time into windows by the calendar and clock of a time zone. Each window is a number of
 * seconds, minutes, hours, days, weeks, months or years.
 *
 * <pre>{@code
 * CalendarWindow.hourly()                                    // at the full hour, UTC
 * CalendarWindow.monthly()                                   // on the 1st at 00:00, UTC
 * CalendarWindow.monthly().startingOn(31)                    // the month's last day where it has no 31st
 * CalendarWindow.weekly().startingOn(DayOfWeek.SUNDAY)
 * CalendarWindow.yearly().startingOn(MonthDay.of(2, 29))     // February 28 in other years
 * CalendarWindow.daily().startingAt(LocalTime.of(6, 0)).in(ZoneId.of("Europe/Berlin"))
 * CalendarWindow.every(15, ChronoUnit.MINUTES)               // at :00, :15, :30 and :45
 * CalendarWindow.every(30, ChronoUnit.DAYS).startingFrom(signUp.atZone(zone))
 * CalendarWindow.lifetime()                                  // one window without end
 * }</pre>
 *
 * <p><b>Where windows start.</b> The zone has a local clock, which sometimes jumps forward or is set back. It
 * <i>reaches</i> a local time when it shows this time, or jumps over it. A window of a day or longer starts at the
 * instant at which the clock <i>first</i> reaches the date and time of its start. A window shorter than a day starts at
 * <i>each</i> instant at which the clock reaches a full hour, minute or second, or a multiple of the number. A window
 * ends where the next one starts. This has the following consequences:
 *
 * <ul>
 *   <li>Each instant is in one window. No window is empty. All start at whole seconds.
 *   <li>A window whose start the clock jumps over starts at the instant of the jump. If the clock jumps over several
 *       starts, these are one start.
 *   <li>If the clock shows the start of a day twice, the earlier instant is the start. An hour that the clock shows
 *       twice is two windows.
 *   <li>If the clock is set back by a part of an hour, the window in progress includes that part. For example, if it is
 *       set back by half an hour at 02:00, the window that started at 01:00 lasts 90 minutes.
 *   <li>A day on which the clock changes is shorter or longer than 24 hours; a date that the zone skipped has no
 *       window.
 * </ul>
 *
 * <p>Offsets and their changes are those of the JDK's time zone data. Another version of that data may contain other
 * changes, and then windows around them differ.
 *
 * <p>Immutable and thread-safe. Equal if unit, start and zone are; a zone that always has the same offset, such as
 * {@code UTC} or {@code Etc/UTC}, is treated as that offset.
 */
public final class CalendarWindow {

    private static final int MAX_COUNT = 9_999;
    private static final LocalDate FIRST_MONDAY = LocalDate.of(1970, 1, 5);
    private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private final WindowStarts starts;
    private final ZoneId zone;
    private final LocalClock clock;

    private CalendarWindow(WindowStarts starts, ZoneId zone) {
        this.starts = starts;
        this.zone = zone;
        this.clock = new LocalClock(zone.getRules());
    }

    private static CalendarWindow utc(WindowStarts starts) {
        return new CalendarWindow(starts, ZoneOffset.UTC);
    }

    private static CalendarWindow utc(StartDates dates) {
        return utc(new WindowStarts.OnDates(dates, LocalTime.MIDNIGHT));
    }

    /**
     * Returns the window of a second.
     *
     * @return the window
     */
    public static CalendarWindow everySecond() {
        return utc(new WindowStarts.OnClock(1, ChronoUnit.SECONDS));
    }

    /**
     * Returns the window of a minute by the clock, in UTC.
     *
     * @return the window
     */
    public static CalendarWindow everyMinute() {
        return utc(new WindowStarts.OnClock(1, ChronoUnit.MINUTES));
    }

    /**
     * Returns the window of an hour by the clock, in UTC.
     *
     * @return the window
     */
    public static CalendarWindow hourly() {
        return utc(new WindowStarts.OnClock(1, ChronoUnit.HOURS));
    }

    /**
     * Returns the window of a day, from 00:00 in UTC.
     *
     * @return the window
     */
    public static CalendarWindow daily() {
        return utc(new StartDates.Daily());
    }

    /**
     * Returns the window of a week, from Monday at 00:00 in UTC.
     *
     * @return the window
     */
    public static CalendarWindow weekly() {
        return utc(new StartDates.Weekly(DayOfWeek.MONDAY));
    }

    /**
     * Returns the window of a month, from the 1st at 00:00 in UTC.
     *
     * @return the window
     */
    public static CalendarWindow monthly() {
        return utc(new StartDates.Monthly(1));
    }

    /**
     * Returns the window of a year, from January 1 at 00:00 in UTC.
     *
     * @return the window
     */
    public static CalendarWindow yearly() {
        return utc(new StartDates.Yearly(MonthDay.of(1, 1)));
    }

    /**
     * Returns the window of a quarter of a year, from the 1st of January, April, July and October at 00:00 in UTC.
     *
     * @return the window
     */
    public static CalendarWindow quarterly() {
        return every(3, ChronoUnit.MONTHS);
    }

    /**
     * Returns the window of a number of units.
     *
     * <p>Seconds, minutes and hours are counted from midnight, by the clock, so their number must divide a day. Days
     * are counted from January 1, 1970, weeks from the Monday after it, months and years from that January, unless
     * {@link #startingOn(LocalDate)} says otherwise.
     *
     * <p>The window is expressed in the largest possible unit, so that equal windows have the same name in all
     * processes: {@code every(60, MINUTES)} is {@link #hourly()}, {@code every(24, HOURS)} is {@link #daily()},
     * {@code every(14, DAYS)} is {@code every(2, WEEKS)} with another first day, and {@code every(12, MONTHS)} is
     * {@link #yearly()}.
     *
     * @param count the number of units in a window, from 1 to 9,999
     * @param unit seconds, minutes, hours, days, weeks, months or years
     * @return the window, in UTC
     * @throws IllegalArgumentException if there is no such window
     */
    public static CalendarWindow every(int count, ChronoUnit unit) {
        if (count < 1 || count > MAX_COUNT) {
            throw new IllegalArgumentException("count must be 1 to " + MAX_COUNT + ", but was " + count);
        }
        return switch (unit) {
            case SECONDS, MINUTES, HOURS -> utc(WindowStarts.every(count, unit));
            case DAYS, MONTHS, YEARS -> utc(StartDates.every(count, unit, LocalDate.EPOCH));
            case WEEKS -> utc(StartDates.every(count, unit, FIRST_MONDAY));
            default ->
                throw new IllegalArgumentException(
                        "unit must be seconds, minutes, hours, days, weeks, months or years, but was " + unit);
        };
    }

    /**
     * Returns the window that never ends, for amounts that are granted once. It spans the years 0 to 9999.
     *
     * @return the window
     */
    public static CalendarWindow lifetime() {
        return utc(new WindowStarts.Once());
    }

    /**
     * Returns this monthly window with another first day.
     *
     * @param dayOfMonth the day, 1 to 31; shorter months start on their last day
     * @return the window
     * @throws IllegalArgumentException if there is no such day, or the window is not monthly
     */
    public CalendarWindow startingOn(int dayOfMonth) {
        if (dayOfMonth < 1 || dayOfMonth > 31) {
            throw new IllegalArgumentException("the day of the month must be 1 to 31, but was " + dayOfMonth);
        }
        return startingBy(start().on(new StartDates.Monthly(dayOfMonth), "startingOn(int) is for monthly()"));
    }

    /**
     * Returns this weekly window with another first day.
     *
     * @param day the day
     * @return the window
     * @throws IllegalArgumentException if the window is not weekly
     */
    public CalendarWindow startingOn(DayOfWeek day) {
        StartDates dates = new StartDates.Weekly(Objects.requireNonNull(day, "day"));
        return startingBy(start().on(dates, "startingOn(DayOfWeek) is for weekly()"));
    }

    /**
     * Returns this yearly window with another first day.
     *
     * @param day the day; in years without February 29, it stands for February 28
     * @return the window
     * @throws IllegalArgumentException if the window is not yearly
     */
    public CalendarWindow startingOn(MonthDay day) {
        StartDates dates = new StartDates.Yearly(Objects.requireNonNull(day, "day"));
        return startingBy(start().on(dates, "startingOn(MonthDay) is for yearly()"));
    }

    /**
     * Returns this window with a date on which one of the windows starts. The others start whole windows before and
     * after it.
     *
     * @param date the date, in the years 0 to 9999; in a month without this day, windows start on its last day
     * @return the window
     * @throws IllegalArgumentException if the date is out of range, or the window is shorter than a day, or has no end
     */
    public CalendarWindow startingOn(LocalDate date) {
        checkYear("date", Objects.requireNonNull(date, "date").getYear(), date);
        return startingBy(start().on(date));
    }

    /**
     * Returns this window with a date and time at which one of the windows starts, in the zone of that time. Use it for
     * billing periods that begin when a customer signs up.
     *
     * <p>The date, the time and the zone count, and not the instant. If the clock shows that time twice, the window
     * starts at the first of the two instants, even if the argument is the second. If the clock jumps over the time on
     * the date of another window's start, that window starts at the jump.
     *
     * <p>The start is part of the counter's identity. Store it with the customer, and never compute it from the current
     * time. Another start is another window, which begins at zero.
     *
     * @param start the date, time and zone, in the years 0 to 9999; a fraction of a second is dropped
     * @return the window
     * @throws IllegalArgumentException if the start is out of range, or the window is shorter than a day, or has no end
     */
    public CalendarWindow startingFrom(ZonedDateTime start) {
        checkYear("start", Objects.requireNonNull(start, "start").getYear(), start);
        return startingOn(start.toLocalDate())
                .startingAt(start.toLocalTime().truncatedTo(ChronoUnit.SECONDS))
                .in(start.getZone());
    }

    /**
     * Returns this window with another time of day at which it starts, by the clock of its zone.
     *
     * @param time the time, in whole seconds
     * @return the window
     * @throws IllegalArgumentException if the time has a fraction of a second, or the window is shorter than a day
     */
    public CalendarWindow startingAt(LocalTime time) {
        if (!time.equals(time.truncatedTo(ChronoUnit.SECONDS))) {
            throw new IllegalArgumentException("a window must start at a whole second, but the time was " + time);
        }
        return startingBy(start().at(time));
    }

    /**
     * Returns this window in another time zone.
     *
     * @param zone the zone whose calendar and clock define the windows
     * @return the window
     */
    public CalendarWindow in(ZoneId zone) {
        Objects.requireNonNull(zone, "zone");
        return starts instanceof WindowStarts.Once ? this : new CalendarWindow(starts, zone.normalized());
    }

    /**
     * Returns the window that contains an instant.
     *
     * <p>Each call computes the window anew, in less than a microsecond. A caller with many instants should keep the
     * result and check whether it {@link WindowBounds#contains contains} the next instant.
     *
     * @param instant the instant, in the years 0 to 9999 (UTC)
     * @return the start and the end of that window
     * @throws IllegalArgumentException if the instant is not in these years
     */
    public WindowBounds at(Instant instant) {
        if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
            throw new IllegalArgumentException("the instant must be in the years 0 to 9999, but was " + instant);
        }
        return starts.around(instant.getEpochSecond(), clock);
    }

    /**
     * Returns the unit of the windows' length.
     *
     * @return seconds, minutes, hours, days, weeks, months or years; {@link ChronoUnit#FOREVER} for the window that
     *     never ends
     */
    public ChronoUnit unit() {
        return starts.unit();
    }

    /**
     * Returns the number of units in a window.
     *
     * @return at least 1
     */
    public int count() {
        return starts.count();
    }

    /**
     * Returns the length of the windows, in the form that the names of counters contain.
     *
     * @return the number and {@code s}, {@code m}, {@code h}, {@code d}, {@code w}, {@code mo} or {@code y}, such as
     *     {@code 15m}; {@code life} for the window that never ends
     */
    public String length() {
        return starts.length();
    }

    /**
     * Returns the zone whose calendar and clock define the windows.
     *
     * @return the zone; an offset if the zone always has the same offset
     */
    public ZoneId zone() {
        return zone;
    }

    private static void checkYear(String name, int year, Object value) {
        if (year < 0 || year > 9999) {
            throw new IllegalArgumentException(name + " must be in the years 0 to 9999, but was " + value);
        }
    }

    private CalendarWindow startingBy(WindowStarts other) {
        return new CalendarWindow(other, zone);
    }

    private OtherStart start() {
        return new OtherStart(starts, toString());
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof CalendarWindow other && starts.equals(other.starts) && zone.equals(other.zone);
    }

    @Override
    public int hashCode() {
        return 31 * starts.hashCode() + zone.hashCode();
    }

    /** Returns the window in words, such as {@code monthly on 31 at 00:00 in Europe/Berlin}. */
    @Override
    public String toString() {
        return starts + " in " + zone;
    }
}
