package dev.ratelimit.cache;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.ratelimit.TimeSource;

/**
 * The clock of Caffeine: the last time that any caller of the cache has read, at most two milliseconds old.
 *
 * <p>A hit reads the time once to compare it with the value's own deadlines, and this is a large part of the cost of a
 * hit. Caffeine would read it a second time, although it only uses it to remove expired entries, which may happen
 * slightly later.
 */
final class LatestReading implements Ticker {

    private static final long STEP_NANOS = 1_000_000;

    private final TimeSource time;
    private volatile long latest;

    LatestReading(TimeSource time) {
        this.time = time;
        this.latest = time.nanos();
    }

    /** The time now. */
    long now() {
        long now = time.nanos();
        note(now);
        return now;
    }

    /** The time now, for a caller that itself notes a reading once a millisecond. */
    long unnoted() {
        return time.nanos();
    }

    void note(long now) {
        if (now - latest >= STEP_NANOS) {
            latest = now;
        }
    }

    @Override
    public long read() {
        return latest;
    }
}
