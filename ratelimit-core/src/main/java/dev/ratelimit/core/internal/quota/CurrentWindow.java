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

    private record Bounds(WindowBounds window, long startMillis, long endMillis, Counter.Window counters) {}

    private final Quota quota;
    private volatile Bounds last;

    CurrentWindow(Quota quota, long nowMillis) {
        this.quota = quota;
        this.last = bounds(nowMillis);
    }

    Quota quota() {
        return quota;
    }

    /** The counter of a key at an instant. */
    Target target(String key, long nowMillis) {
        Bounds bounds = last;
        if (nowMillis < bounds.startMillis || nowMillis >= bounds.endMillis) {
            bounds = bounds(nowMillis);
            last = bounds;
        }
        return new Target(quota, bounds.window, bounds.counters.of(key));
    }

    private Bounds bounds(long nowMillis) {
        WindowBounds window = quota.window().at(Instant.ofEpochMilli(nowMillis));
        return new Bounds(
                window,
                window.start().toEpochMilli(),
                window.end().toEpochMilli(),
                Counter.window(quota.name(), window.start(), window.end().plus(GRACE)));
    }
}
