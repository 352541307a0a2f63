/** Quota services, created by {@link dev.ratelimit.quota.service.Quotas}. */
module dev.ratelimit.quota.service {
    requires transitive dev.ratelimit;
    requires transitive dev.ratelimit.quota.spi;
    requires static transitive org.jspecify;
    requires com.github.benmanes.caffeine;
    requires dev.ratelimit.runtime;
    requires org.slf4j;

    exports dev.ratelimit.quota.service;
}
