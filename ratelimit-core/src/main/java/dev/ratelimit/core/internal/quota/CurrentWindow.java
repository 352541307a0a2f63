package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.WindowBounds;
import dev.ratelimit.quota.spi.Counter;
import java.time.Duration;
import java.time.Instant;

/** A quota and the window that was asked for last, because the next request mostly falls into it, too. Thread-safe. */
final class CurrentWindow {

    /** How long counters are kept after their window: for reservations that are committed or cancelled late. */
    private static final Duration GRACE = Duration.ofDays(1);

    private record Bounds(WindowBounds window, Instant expires) {}

    private final Quota quota;
    private volatile Bounds last;

    CurrentWindow(Quota quota, Instant now) {
        this.quota = quota;
        this.last = bounds(now);
    }

    Quota quota() {
        return quota;
    }

    /** The counter of a key at an instant. */
    Target target(String key, Instant now) {
        Bounds bounds = last;
        if (now.isBefore(bounds.window.start()) || !now.isBefore(bounds.window.end())) {
            bounds = bounds(now);
            last = bounds;
        }
        return new Target(quota, bounds.window, Counter.of(quota.name(), key, bounds.window.start(), bounds.expires));
    }

    private Bounds bounds(Instant now) {
        WindowBounds window = quota.window().at(now);
        return new Bounds(window, window.end().plus(GRACE));
    }
}
