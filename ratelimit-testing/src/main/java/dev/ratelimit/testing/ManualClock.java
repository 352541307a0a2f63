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
     * @param now what it shows first
     */
    public ManualClock(Instant now) {
        this.now = Objects.requireNonNull(now, "now");
    }

    @Override
    public Instant instant() {
        return now;
    }

    /**
     * Sets the clock, be it back.
     *
     * @param now what it shows from now on
     */
    public void set(Instant now) {
        this.now = Objects.requireNonNull(now, "now");
    }

    /**
     * Moves the clock on. Only one thread may do so at a time.
     *
     * @param duration by how much; back if negative
     */
    public synchronized void advance(Duration duration) {
        now = now.plus(duration);
    }
}
