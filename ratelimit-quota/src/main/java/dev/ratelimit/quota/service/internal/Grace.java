package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.WindowBounds;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How long counters are kept after their window: a tenth of its length, at least 10 seconds and at most a day; or
 * longer, if the service was built to keep the history.
 *
 * <p>Three things come late. A retry comes within its deadline, in well under 10 seconds. A process or a store whose
 * clock is behind or ahead still counts on the window that has ended for the others: clocks that are kept at all
 * differ by less than 10 seconds. And a reservation ends when its work does: what it corrects then is of use only to
 * somebody who reads the past window, which is worth the less the shorter the window is. A correction that comes later
 * than that changes nothing.
 *
 * @param history how long at least, or null for no longer than that
 */
public record Grace(@Nullable Duration history) {

    private static final int PART = 10;
    private static final Duration MIN = Duration.ofSeconds(10);
    private static final Duration MAX = Duration.ofDays(1);

    /** In proportion to the window. */
    public static final Grace PROPORTIONAL = new Grace(null);

    /** When the counters of a window may be forgotten. */
    Instant endAfter(WindowBounds window) {
        Duration part = Duration.between(window.start(), window.end()).dividedBy(PART);
        Duration proportional = part.compareTo(MIN) < 0 ? MIN : part.compareTo(MAX) > 0 ? MAX : part;
        boolean longer = history != null && history.compareTo(proportional) > 0;
        return window.end().plus(longer ? history : proportional);
    }
}
