package dev.ratelimit.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;

/**
 * A clock that shows the instant it is set to.
 *
 * <pre>{@code
 * ManualClock clock = new ManualClock(Instant.parse("2026-01-31T23:59:59Z"));
 * QuotaService quotas = Quotas.builder(QuotaStores.inMemory(clock)).quota(monthly).clock(clock).build();
 * quotas.consume("customer");
 * clock.advance(Duration.ofSeconds(1));   // another month
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class ManualClock implements InstantSource {

    private volatile Instant now;

    /**
     * Creates a clock.
     *
     * @param now the first instant that it shows
     */
    public ManualClock(Instant now) {
        this.now = Objects.requireNonNull(now, "now");
    }

    @Override
    public Instant instant() {
        return now;
    }

    /**
     * Sets the clock, forward or back.
     *
     * @param now the instant that it shows from now on
     */
    public void set(Instant now) {
        this.now = Objects.requireNonNull(now, "now");
    }

    /**
     * Advances the clock. Only one thread may do so at a time.
     *
     * @param duration the duration by which the clock moves; if negative, it moves back
     */
    public synchronized void advance(Duration duration) {
        now = now.plus(duration);
    }
}
