package dev.ratelimit.quota;

import java.util.Objects;

/**
 * A quota is an amount that a key may use up in each window of the calendar.
 *
 * <pre>{@code
 * Quota.of("calls", 20_000, CalendarWindow.monthly())
 * Quota.of("bytes", 5_000_000_000L, CalendarWindow.daily().in(ZoneId.of("Europe/Berlin")))
 * Quota.of("exports", 0, CalendarWindow.daily())    // nothing at all
 * }</pre>
 *
 * <p>Unlike a {@link dev.ratelimit.Rate}, a quota does not refill. The amount left at the end of a window is lost, and
 * the next window starts with the whole amount.
 *
 * <p>Immutable and thread-safe.
 *
 * @param name the name of the quota, which identifies its counters: 1 to 64 of {@code A-Z a-z 0-9 . _ -}
 * @param limit the amount per window, in units of the caller's choice, at least 0; a limit of 0 blocks
 * @param window the calendar window that divides time into windows
 */
public record Quota(String name, long limit, CalendarWindow window) {

    private static final int MAX_NAME_LENGTH = 64;

    /**
     * Creates a quota. {@link #of} is easier to read.
     *
     * @param name the name of the quota: 1 to 64 of {@code A-Z a-z 0-9 . _ -}
     * @param limit the amount per window, at least 0
     * @param window the calendar window that divides time into windows
     * @throws IllegalArgumentException if the name has another form, or the limit is negative
     */
    public Quota {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(window, "window");
        if (name.isEmpty() || name.length() > MAX_NAME_LENGTH || !name.chars().allMatch(Quota::mayBeInName)) {
            throw new IllegalArgumentException("the name of a quota must be 1 to " + MAX_NAME_LENGTH
                    + " of A-Z a-z 0-9 . _ - but was \"" + name + "\"");
        }
        if (limit < 0) {
            throw new IllegalArgumentException("the limit must be at least 0 (which blocks), but was " + limit);
        }
    }

    /**
     * Returns a quota.
     *
     * @param name the name of the quota: 1 to 64 of {@code A-Z a-z 0-9 . _ -}
     * @param limit the amount per window, at least 0
     * @param window the calendar window that divides time into windows
     * @return the quota
     * @throws IllegalArgumentException if the name has another form, or the limit is negative
     */
    public static Quota of(String name, long limit, CalendarWindow window) {
        return new Quota(name, limit, window);
    }

    private static boolean mayBeInName(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
