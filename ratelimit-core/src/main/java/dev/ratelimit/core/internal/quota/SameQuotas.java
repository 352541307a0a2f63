package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.Quota;
import java.time.InstantSource;
import java.util.List;

/** The same quotas for all keys. Thread-safe. */
final class SameQuotas implements QuotaSource {

    private final InstantSource clock;
    private volatile CurrentWindow[] windows;

    SameQuotas(List<Quota> quotas, InstantSource clock) {
        this.clock = clock;
        this.windows = CurrentWindow.of(quotas, clock.millis());
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
        windows = CurrentWindow.of(quotas, clock.millis());
    }

    /** Nobody has a plan. */
    @Override
    public void planChanged(String key) {}
}
