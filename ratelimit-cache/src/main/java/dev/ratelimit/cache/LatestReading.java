package dev.ratelimit.cache;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.ratelimit.TimeSource;

/**
 * The time that Caffeine goes by: the last reading that any caller of the cache has made, to within a millisecond.
 *
 * <p>A hit needs the time once, to judge a value by the cache's own deadlines, and reading it is a good part of what a hit
 * costs. Caffeine would read it once more. It only needs it to clear away what is of no use any more, which may as well
 * happen a millisecond later.
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
        if (now - latest >= STEP_NANOS) {
            latest = now;
        }
        return now;
    }

    @Override
    public long read() {
        return latest;
    }
}
