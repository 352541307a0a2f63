package dev.ratelimit.core;

import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.spi.QuotaStore;

/**
 * The factory of all {@linkplain QuotaService quota services}.
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
     * @param store the store in which the quota is counted
     * @param quota the quota
     * @return the service
     */
    public static QuotaService of(QuotaStore store, Quota quota) {
        return builder(store).quota(quota).build();
    }

    /**
     * Returns a builder of services that count in a store.
     *
     * @param store the store, which the caller must close
     * @return the builder
     */
    public static QuotasBuilder builder(QuotaStore store) {
        return new QuotasBuilder(store);
    }
}
