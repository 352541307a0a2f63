/**
 * Rate limiters, created by {@link dev.ratelimit.core.Limiters}, and quota services, created by
 * {@link dev.ratelimit.core.Quotas}.
 */
module dev.ratelimit.core {
    requires transitive dev.ratelimit;
    requires transitive dev.ratelimit.quota.spi;
    requires static transitive org.jspecify;
    requires com.github.benmanes.caffeine;
    requires org.jctools.core;
    requires org.slf4j;

    exports dev.ratelimit.core;
}
