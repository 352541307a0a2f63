package dev.ratelimit.quota.tck;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A wall clock that a test moves. */
final class MovableClock implements InstantSource {

    private volatile Instant now = Instant.parse("2030-06-01T12:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    void advance(Duration time) {
        now = now.plus(time);
    }
}
