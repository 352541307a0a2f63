/** The interface of quota stores: {@link dev.ratelimit.quota.spi.QuotaStore}. */
module dev.ratelimit.quota.spi {
    requires transitive dev.ratelimit;
    requires static transitive org.jspecify;

    exports dev.ratelimit.quota.spi;
}
