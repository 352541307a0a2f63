/** The rules of quota stores as tests: {@link dev.ratelimit.quota.tck.QuotaStoreContract}. */
module dev.ratelimit.quota.tck {
    requires transitive dev.ratelimit.quota.spi;
    requires transitive org.junit.jupiter.api;
    requires static transitive org.jspecify;
    requires org.assertj.core;

    exports dev.ratelimit.quota.tck;
}
