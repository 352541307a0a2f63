package dev.ratelimit.examples.lab;

import dev.ratelimit.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * The time of a log that is being replayed: it stands at the instant of the request that is being sent.
 *
 * <p>So limits bind in the log's time, whatever the speed of the replay and of the machine, and a replay gives the
 * same answers each time. A system time that runs faster by a factor would come near to it, but at a speed-up of
 * 20,000 a delay of one millisecond is 20 seconds of the log.
 */
final class LogTime implements TimeSource {

    private final Instant origin;
    private volatile long nanos;

    LogTime(Instant origin) {
        this.origin = origin;
    }

    void set(Instant instant) {
        nanos = Duration.between(origin, instant).toNanos();
    }

    @Override
    public long nanos() {
        return nanos;
    }
}
