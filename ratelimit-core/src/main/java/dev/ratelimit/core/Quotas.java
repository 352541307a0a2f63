package dev.ratelimit.core;

import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.spi.QuotaStore;

/**
 * The front door of quotas: every {@link QuotaService} is made here.
 *
 * <pre>{@code
 * QuotaService quotas = Quotas.builder(store)
 *         .quota(Quota.of("calls-a-month", 20_000, CalendarWindow.monthly()))
 *         .quota(Quota.of("calls-a-minute", 100, CalendarWindow.everyMinute()))
 *         .listener((key, percent, usage) -> warn(key, percent), 80, 100)
 *         .build();
 * }</pre>
 */
public final class Quotas {

    private Quotas() {}

    /**
     * Returns a service of one quota, with the defaults of {@link #builder(QuotaStore)}.
     *
     * @param store where it is counted
     * @param quota the quota
     * @return the service
     */
    public static QuotaService of(QuotaStore store, Quota quota) {
        return builder(store).quota(quota).build();
    }

    /**
     * Returns a builder of services that count in a store.
     *
     * @param store the store, which stays the caller's to close
     * @return the builder
     */
    public static QuotasBuilder builder(QuotaStore store) {
        return new QuotasBuilder(store);
    }
}
