/**
 * The public types of rate limiters: rates, limiters, decisions, keys and time; quotas; HTTP responses about limits;
 * and the addresses of clients.
 */
module dev.ratelimit {
    requires static transitive org.jspecify;

    exports dev.ratelimit;
    exports dev.ratelimit.address;
    exports dev.ratelimit.http;
    exports dev.ratelimit.internal to
            dev.ratelimit.cache,
            dev.ratelimit.core,
            dev.ratelimit.jdbc,
            dev.ratelimit.quota.service,
            dev.ratelimit.runtime;
    exports dev.ratelimit.quota;
}
