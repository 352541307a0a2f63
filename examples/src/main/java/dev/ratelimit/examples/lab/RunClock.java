package dev.ratelimit.examples.lab;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * The clock of a run's quotas: the system's, put forward so that a minute begins with the run. Otherwise it would
 * depend on when the run is started how much of a quota there is.
 */
final class RunClock implements InstantSource {

    private volatile Duration ahead = Duration.ZERO;

    /** Puts the clock forward to the next full minute. */
    void beginMinute() {
        Instant now = Instant.now();
        ahead = Duration.between(now, now.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES));
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(ahead);
    }
}
