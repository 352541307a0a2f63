package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.WindowBounds;
import java.time.InstantSource;
import java.util.List;

/** The same quotas for all keys. Thread-safe. */
final class SameQuotas implements QuotaSource {

    private final Grace grace;
    private final InstantSource clock;
    private volatile CurrentWindow[] windows;

    SameQuotas(List<Quota> quotas, Grace grace, InstantSource clock) {
        this.grace = grace;
        this.clock = clock;
        this.windows = CurrentWindow.of(quotas, grace, clock.millis());
    }

    @Override
    public CurrentWindow[] of(String key) {
        return windows;
    }

    @Override
    public List<Quota> quotas() {
        return QuotaSource.quotas(windows);
    }

    @Override
    public void update(List<Quota> quotas) {
        windows = CurrentWindow.of(quotas, grace, clock.millis());
    }

    /** Does nothing: no key has a plan. */
    @Override
    public void planChanged(String key) {}

    @Override
    public Grace grace() {
        return grace;
    }

    @Override
    public WindowBounds window(String quota, long nowMillis) {
        for (CurrentWindow window : windows) {
            if (window.quota().name().equals(quota)) {
                return window.at(nowMillis).window();
            }
        }
        throw new IllegalArgumentException(
                "quota must be the name of one of " + quotas() + ", but was \"" + quota + "\"");
    }
}
