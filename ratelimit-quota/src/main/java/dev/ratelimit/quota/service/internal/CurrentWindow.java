package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.WindowBounds;
import dev.ratelimit.quota.spi.Counter;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A quota with the window of its last request, because the next request usually falls into the same window.
 * Thread-safe.
 */
final class CurrentWindow {

    /** A window, and the values that its counters share. */
    record Bounds(
            WindowBounds window,
            long startMillis,
            long endMillis,
            Instant expires,
            Counter.Window counters,
            WindowCounters.Name name) {}

    private final Quota quota;
    private final Grace grace;
    private volatile Bounds last;

    /** Returns one for each quota. Throws if two quotas have the same name. */
    static CurrentWindow[] of(List<Quota> quotas, Grace grace, long nowMillis) {
        Set<String> names = new HashSet<>();
        for (Quota quota : quotas) {
            if (!names.add(quota.name())) {
                throw new IllegalArgumentException(
                        "each quota needs a name of its own, but there are two named " + quota.name());
            }
        }
        return quotas.stream()
                .map(quota -> new CurrentWindow(quota, grace, nowMillis))
                .toArray(CurrentWindow[]::new);
    }

    CurrentWindow(Quota quota, Grace grace, long nowMillis) {
        this.quota = quota;
        this.grace = grace;
        this.last = bounds(nowMillis);
    }

    Quota quota() {
        return quota;
    }

    /** Returns the target of a key at an instant. */
    Target target(String key, long nowMillis) {
        Bounds bounds = at(nowMillis);
        return new Target(quota, bounds.window, bounds.counters.of(key));
    }

    /** Returns the targets of a key in the windows of usages. */
    static List<Target> targets(String key, List<QuotaUsage> usages, Grace grace) {
        return usages.stream()
                .map(usage -> new Target(
                        usage.quota(),
                        usage.window(),
                        counters(usage.quota(), usage.window(), grace).of(key)))
                .toList();
    }

    private static Counter.Window counters(Quota quota, WindowBounds window, Grace grace) {
        return Counter.window(quota.name(), quota.window().length(), window.start(), grace.endAfter(window));
    }

    /**
     * Returns the target of a key in the window before that of an instant; in the same window if there is none before.
     */
    Target before(String key, long nowMillis) {
        WindowBounds now = at(nowMillis).window;
        WindowBounds before =
                now.isEndless() ? now : quota.window().at(now.start().minusNanos(1));
        return new Target(quota, before, counters(quota, before, grace).of(key));
    }

    /** Returns the window at an instant. */
    Bounds at(long nowMillis) {
        Bounds bounds = last;
        if (nowMillis < bounds.startMillis || nowMillis >= bounds.endMillis) {
            bounds = bounds(nowMillis);
            last = bounds;
        }
        return bounds;
    }

    private Bounds bounds(long nowMillis) {
        WindowBounds window = quota.window().at(Instant.ofEpochMilli(nowMillis));
        Counter.Window counters = counters(quota, window, grace);
        return new Bounds(
                window,
                window.start().toEpochMilli(),
                window.end().toEpochMilli(),
                grace.endAfter(window),
                counters,
                new WindowCounters.Name(quota.name(), counters.name()));
    }
}
