/**
 * Shared by limiters, quotas, the response cache and the JDBC store, and not for users: timers, a circuit breaker,
 * remembered look-ups, key hashes.
 */
module dev.ratelimit.runtime {
    requires transitive dev.ratelimit;
    requires static transitive org.jspecify;
    requires com.github.benmanes.caffeine;
    requires org.jctools.core;
    requires org.slf4j;

    exports dev.ratelimit.runtime.breaker to
            dev.ratelimit.core,
            dev.ratelimit.quota.service;
    exports dev.ratelimit.runtime.keys to
            dev.ratelimit.core,
            dev.ratelimit.quota.service;
    exports dev.ratelimit.runtime.locks to
            dev.ratelimit.core,
            dev.ratelimit.quota.service;
    exports dev.ratelimit.runtime.resolve to
            dev.ratelimit.core,
            dev.ratelimit.quota.service;
    exports dev.ratelimit.runtime.timers to
            dev.ratelimit.cache,
            dev.ratelimit.core,
            dev.ratelimit.jdbc,
            dev.ratelimit.quota.service;
    exports dev.ratelimit.runtime.trouble to
            dev.ratelimit.core,
            dev.ratelimit.quota.service;
}
