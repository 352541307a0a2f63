/**
 * The rules of stores as tests: of quota stores, {@link dev.ratelimit.quota.tck.QuotaStoreContract}, and of rate
 * stores, {@link dev.ratelimit.rate.tck.RateStoreContract}.
 */
module dev.ratelimit.quota.tck {
    requires transitive dev.ratelimit.quota.spi;
    requires transitive org.junit.jupiter.api;
    requires static transitive org.jspecify;
    requires org.assertj.core;

    exports dev.ratelimit.quota.tck;
    exports dev.ratelimit.rate.tck;
}
