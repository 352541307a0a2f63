package dev.ratelimit.rate.tck;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The clock of a store, which a test moves; each reading takes a microsecond. Thread-safe. */
final class RateClock implements InstantSource {

    private Instant now = Instant.parse("2030-06-01T12:00:00.123456Z");
    private long passedMicros;

    @Override
    public synchronized Instant instant() {
        advance(Duration.ofNanos(1_000));
        return now;
    }

    synchronized void advance(Duration time) {
        now = now.plus(time);
        passedMicros += time.toNanos() / 1000;
    }

    synchronized void setBack(Duration time) {
        now = now.minus(time);
    }

    /** Returns the microseconds that have passed, whatever the clock was set to. */
    synchronized long passedMicros() {
        return passedMicros;
    }
}
