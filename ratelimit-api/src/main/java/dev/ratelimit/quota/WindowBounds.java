package dev.ratelimit.quota;

import java.time.Instant;
import java.util.Objects;

/**
 * The bounds of a window are the instant at which it starts and the instant at which the next window starts.
 *
 * <p>Immutable and thread-safe.
 *
 * @param start the first instant of the window
 * @param end the first instant after the window
 */
public record WindowBounds(Instant start, Instant end) {

    /** The bounds of the window that has no end: the years 0 to 9999. */
    public static final WindowBounds ENDLESS =
            new WindowBounds(Instant.parse("0000-01-01T00:00:00Z"), Instant.parse("+10000-01-01T00:00:00Z"));

    /**
     * Creates bounds.
     *
     * @param start the first instant of the window
     * @param end the first instant after the window
     * @throws IllegalArgumentException if the end is not after the start
     */
    public WindowBounds {
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(end, "end");
        if (!end.isAfter(start)) {
            throw new IllegalArgumentException("a window must end after its start " + start + ", but ends " + end);
        }
    }

    /**
     * Returns whether an instant lies in the window.
     *
     * @param instant the instant
     * @return whether the instant is at or after the start, and before the end
     */
    public boolean contains(Instant instant) {
        return !instant.isBefore(start) && instant.isBefore(end);
    }

    /**
     * Returns whether this window has no end.
     *
     * @return whether it is the window of {@link CalendarWindow#lifetime()}
     */
    public boolean isEndless() {
        return end.equals(ENDLESS.end) && start.equals(ENDLESS.start);
    }
}
