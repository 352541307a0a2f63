package dev.ratelimit.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the last answers for a key were not cacheable. A key may have a marker and a value: the marker never
 * displaces the value.
 *
 * <p>One such answer may be an exception, so callers still share the next load. After two in a row each caller loads
 * alone.
 */
record UncacheableMarker(int times, long until) {

    private static final int TIMES_FOR_ALONE = 2;

    /**
     * Returns the marker after one more answer that is not cacheable; null if the cache does not remember such answers.
     */
    static @Nullable UncacheableMarker after(@Nullable UncacheableMarker before, Duration remembered, long now) {
        if (remembered.isZero()) {
            return null;
        }
        int times = before != null && before.isRemembered(now) ? Math.min(TIMES_FOR_ALONE, before.times + 1) : 1;
        return new UncacheableMarker(times, now + Durations.nanos(remembered));
    }

    private boolean isRemembered(long now) {
        return now - until < 0;
    }

    boolean isForAlone(long now) {
        return times >= TIMES_FOR_ALONE && isRemembered(now);
    }
}
