package dev.ratelimit.quota;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * A calendar window is a way to cut time into windows by the calendar and clock of a time zone: each second, minute, hour, day,
 * week, month or year is one.
 *
 * <pre>{@code
 * CalendarWindow.hourly()                                    // at the full hour, UTC
 * CalendarWindow.monthly()                                   // on the 1st at 00:00, UTC
 * CalendarWindow.monthly().startingOn(31)                    // the month's last day where it has no 31st
 * CalendarWindow.weekly().startingOn(DayOfWeek.SUNDAY)
 * CalendarWindow.yearly().startingOn(MonthDay.of(2, 29))     // February 28 in other years
 * CalendarWindow.daily().startingAt(LocalTime.of(6, 0)).in(ZoneId.of("Europe/Berlin"))
 * }</pre>
 *
 * <p><b>Where windows start.</b> The zone has a local clock, which now and then jumps forward or is set back. It
 * <i>reaches</i> a local time when it shows it, or jumps over it. A window of a day or longer starts at the instant at
 * which the clock <i>first</i> reaches the date and time of its start. A window of an hour or shorter starts at
 * <i>each</i> instant at which the clock reaches a full hour, minute or second. A window ends where the next one starts. It follows:
 *
 * <ul>
 *   <li>Each instant is in one window. No window is empty. All start at whole seconds.
 *   <li>A start that the clock jumps over is the instant of the jump. If it jumps over several, they are one.
 *   <li>A day's start that is shown twice is the earlier one. An hour that is shown twice is two windows.
 *   <li>Where the clock is set back by a part of an hour, that part is in the window that was open: by half an hour at 02:00,
 *       the hour from 01:00 takes 90 minutes.
 *   <li>A day on which the clock changes is shorter or longer than 24 hours; a date that a zone left out has no window.
 * </ul>
 *
 * <p>Offsets and changes are those of the JDK's time zone data. Another version of it may know of other changes, and then
 * cuts the days around them differently.
 *
 * <p>Immutable and thread-safe. Equal if unit, start and zone are; zones that always have the same offset, such as
 * {@code UTC} and {@code Etc/UTC}, are taken as that offset.
 */
public final class CalendarWindow {

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
        return utc(new WindowStarts.OnClock(ChronoUnit.SECONDS));
    }

    /**
     * Returns the window of a minute by the clock, in UTC.
     *
     * @return the window
     */
    public static CalendarWindow everyMinute() {
        return utc(new WindowStarts.OnClock(ChronoUnit.MINUTES));
    }

    /**
     * Returns the window of an hour by the clock, in UTC.
     *
     * @return the window
     */
    public static CalendarWindow hourly() {
        return utc(new WindowStarts.OnClock(ChronoUnit.HOURS));
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
     * Returns this monthly window with another first day.
     *
     * @param dayOfMonth the day, 1 to 31; in months that are shorter, their last day
     * @return the window
     * @throws IllegalArgumentException if there is no such day, or the window is not monthly
     */
    public CalendarWindow startingOn(int dayOfMonth) {
        if (dayOfMonth < 1 || dayOfMonth > 31) {
            throw new IllegalArgumentException("the day of the month must be 1 to 31, but was " + dayOfMonth);
        }
        return on(new StartDates.Monthly(dayOfMonth), "startingOn(int) is for monthly()");
    }

    /**
     * Returns this weekly window with another first day.
     *
     * @param day the day
     * @return the window
     * @throws IllegalArgumentException if the window is not weekly
     */
    public CalendarWindow startingOn(DayOfWeek day) {
        return on(new StartDates.Weekly(Objects.requireNonNull(day, "day")), "startingOn(DayOfWeek) is for weekly()");
    }

    /**
     * Returns this yearly window with another first day.
     *
     * @param day the day; February 29 is the 28th in years that have none
     * @return the window
     * @throws IllegalArgumentException if the window is not yearly
     */
    public CalendarWindow startingOn(MonthDay day) {
        return on(new StartDates.Yearly(Objects.requireNonNull(day, "day")), "startingOn(MonthDay) is for yearly()");
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
        if (starts instanceof WindowStarts.OnDates days) {
            return new CalendarWindow(new WindowStarts.OnDates(days.dates(), time), zone);
        }
        throw unfit("startingAt(LocalTime) is for daily() and longer");
    }

    /**
     * Returns this window in another time zone.
     *
     * @param zone the zone whose calendar and clock count
     * @return the window
     */
    public CalendarWindow in(ZoneId zone) {
        return new CalendarWindow(starts, zone.normalized());
    }

    /**
     * Returns the window that an instant is in.
     *
     * <p>Computed anew each time, in less than a microsecond; whoever asks often keeps the answer, and asks it whether it
     * {@link WindowBounds#contains contains} the instant.
     *
     * @param instant the instant, in the years 0 to 9999 (UTC)
     * @return where that window starts and ends
     * @throws IllegalArgumentException if the instant is not in these years
     */
    public WindowBounds at(Instant instant) {
        if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
            throw new IllegalArgumentException("the instant must be in the years 0 to 9999, but was " + instant);
        }
        return starts.around(instant.getEpochSecond(), clock);
    }

    /**
     * Returns the length of the windows, as far as the clock does not change in them.
     *
     * @return seconds, minutes, hours, days, weeks, months or years
     */
    public ChronoUnit unit() {
        return starts.unit();
    }

    /**
     * Returns the length of the windows as it stands in the names of counters.
     *
     * @return {@code 1s}, {@code 1m}, {@code 1h}, {@code 1d}, {@code 1w}, {@code 1mo} or {@code 1y}
     */
    public String length() {
        return 1 + abbreviation();
    }

    private String abbreviation() {
        return switch (unit()) {
            case SECONDS -> "s";
            case MINUTES -> "m";
            case HOURS -> "h";
            case DAYS -> "d";
            case WEEKS -> "w";
            case MONTHS -> "mo";
            default -> "y";
        };
    }

    /**
     * Returns the zone whose calendar and clock count.
     *
     * @return the zone; an offset if it always has the same
     */
    public ZoneId zone() {
        return zone;
    }

    private CalendarWindow on(StartDates dates, String purpose) {
        if (starts instanceof WindowStarts.OnDates days && days.unit() == dates.unit()) {
            return new CalendarWindow(new WindowStarts.OnDates(dates, days.time()), zone);
        }
        throw unfit(purpose);
    }

    private IllegalArgumentException unfit(String purpose) {
        String advice = switch (unit()) {
            case DAYS -> "takes startingAt(LocalTime)";
            case WEEKS -> "takes startingOn(DayOfWeek)";
            case MONTHS -> "takes startingOn(int)";
            case YEARS -> "takes startingOn(MonthDay)";
            default -> "starts by the clock, and cannot start otherwise";
        };
        return new IllegalArgumentException(purpose + ", but this window is \"" + this + "\": it " + advice);
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
