package dev.ratelimit.cache;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.ratelimit.TimeSource;

/**
 * The time that Caffeine goes by: the last reading that any caller of the cache has made, to within two milliseconds.
 *
 * <p>A hit needs the time once, to judge a value by the cache's own deadlines, and reading it is a good part of what a hit
 * costs. Caffeine would read it once more. It only needs it to clear away what is of no use any more, which may as well
 * happen a little later.
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

    /** The time now, for a caller who sees to it that a reading is noted once a millisecond. */
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
