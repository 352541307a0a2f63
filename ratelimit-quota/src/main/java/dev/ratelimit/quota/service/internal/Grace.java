package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.WindowBounds;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The time for which counters are kept after their window. It is a tenth of the window's length, at least 10 seconds
 * and at most a day. It is longer if the service was built to keep a longer history.
 *
 * <p>Three kinds of calls come late. A retry comes within its deadline, well under 10 seconds. A process or a store
 * whose clock is behind or ahead still counts on a window that has ended for the others. Clocks that are synchronized
 * at all differ by less than 10 seconds. A reservation ends when its work ends. Its correction is then of use only to
 * readers of the past window, and is worth less the shorter the window is. A correction that comes after this time
 * changes nothing.
 *
 * @param history the minimum of this time, or null for no other minimum
 */
public record Grace(@Nullable Duration history) {

    private static final int PART = 10;
    private static final Duration MIN = Duration.ofSeconds(10);
    private static final Duration MAX = Duration.ofDays(1);

    /** The time in proportion to the window. */
    public static final Grace PROPORTIONAL = new Grace(null);

    /** Returns the instant from which the counters of a window may be forgotten. */
    Instant endAfter(WindowBounds window) {
        Duration part = Duration.between(window.start(), window.end()).dividedBy(PART);
        Duration proportional = part.compareTo(MIN) < 0 ? MIN : part.compareTo(MAX) > 0 ? MAX : part;
        boolean longer = history != null && history.compareTo(proportional) > 0;
        return window.end().plus(longer ? history : proportional);
    }
}
