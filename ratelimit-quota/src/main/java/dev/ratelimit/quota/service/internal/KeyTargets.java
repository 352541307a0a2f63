package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.QuotaUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Finds the counters of a key: of its quotas, in the windows of an instant, with limits raised by credit. Thread-safe.
 */
final class KeyTargets {

    private final QuotaSource quotas;
    private final Credits credits;

    KeyTargets(QuotaSource quotas, Credits credits) {
        this.quotas = quotas;
        this.credits = credits;
    }

    /** Returns the counters of a key. Throws for a key that cannot have any. */
    List<Target> of(String key, long nowMillis) {
        Objects.requireNonNull(key, "key");
        return of(quotas.of(key), key, nowMillis);
    }

    List<Target> of(CurrentWindow[] windows, String key, long nowMillis) {
        return credits.raised(key, plain(windows, key, nowMillis));
    }

    /** Returns the counters of a key in windows that may be over. */
    List<Target> in(List<QuotaUsage> usages, String key) {
        return CurrentWindow.targets(key, usages, quotas.grace());
    }

    /** Returns the counter whose window has no end. */
    Target endless(String key, long nowMillis) {
        List<Target> endless = of(key, nowMillis).stream()
                .filter(target -> target.window().isEndless())
                .toList();
        if (endless.size() != 1) {
            throw new IllegalArgumentException(
                    "topUp needs a key with one quota of CalendarWindow.lifetime(), but this key has " + endless.size()
                            + "; for other quotas, raise the limit instead");
        }
        return endless.get(0);
    }

    private static List<Target> plain(CurrentWindow[] windows, String key, long nowMillis) {
        if (windows.length == 1) {
            return List.of(windows[0].target(key, nowMillis));
        }
        List<Target> targets = new ArrayList<>(windows.length);
        for (CurrentWindow window : windows) {
            targets.add(window.target(key, nowMillis));
        }
        return targets;
    }
}
