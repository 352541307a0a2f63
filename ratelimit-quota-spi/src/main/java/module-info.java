/**
 * The interfaces of stores: of quotas, {@link dev.ratelimit.quota.spi.QuotaStore}, and of rates,
 * {@link dev.ratelimit.rate.spi.RateStore}.
 */
module dev.ratelimit.quota.spi {
    requires transitive dev.ratelimit;
    requires static transitive org.jspecify;

    exports dev.ratelimit.quota.spi;
    exports dev.ratelimit.rate.spi;
    exports dev.ratelimit.store;
}
