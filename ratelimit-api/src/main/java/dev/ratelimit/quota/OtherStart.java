package dev.ratelimit.quota;

import java.time.LocalDate;
import java.time.LocalTime;

/**
 * Another start for a window, or the error that says which starts the window takes.
 *
 * @param starts the starts of the window so far
 * @param window the window in words, for the error
 */
record OtherStart(WindowStarts starts, String window) {

    /** Returns starts on dates of the same unit. The window must have the length of one unit. */
    WindowStarts on(StartDates dates, String purpose) {
        if (starts instanceof WindowStarts.OnDates days && days.unit() == dates.unit() && days.count() == 1) {
            return new WindowStarts.OnDates(dates, days.time());
        }
        throw unfit(purpose);
    }

    /** Returns starts of which one is on a date. */
    WindowStarts on(LocalDate date) {
        if (starts instanceof WindowStarts.OnDates days) {
            StartDates dates = StartDates.every(days.count(), days.unit(), date);
            return new WindowStarts.OnDates(dates, days.time());
        }
        throw unfit("startingOn(LocalDate) is for daily() and longer");
    }

    /** Returns starts on the same dates at another time of day. */
    WindowStarts at(LocalTime time) {
        if (starts instanceof WindowStarts.OnDates days) {
            return new WindowStarts.OnDates(days.dates(), time);
        }
        throw unfit("startingAt(LocalTime) is for daily() and longer");
    }

    private IllegalArgumentException unfit(String purpose) {
        boolean isSeveralUnits = starts.count() > 1 && starts instanceof WindowStarts.OnDates;
        String advice = isSeveralUnits ? "takes startingOn(LocalDate)" : advice();
        return new IllegalArgumentException(purpose + ", but this window is \"" + window + "\": it " + advice);
    }

    private String advice() {
        return switch (starts.unit()) {
            case DAYS -> "takes startingAt(LocalTime)";
            case WEEKS -> "takes startingOn(DayOfWeek)";
            case MONTHS -> "takes startingOn(int)";
            case YEARS -> "takes startingOn(MonthDay)";
            case FOREVER -> "has no start";
            default -> "starts by the clock, and cannot start otherwise";
        };
    }
}
