/**
 * What callers of a rate limiter see: rates, limiters, decisions, keys and time; what HTTP clients are told; and the
 * addresses of clients.
 */
module dev.ratelimit {
    requires static transitive org.jspecify;

    exports dev.ratelimit;
    exports dev.ratelimit.address;
    exports dev.ratelimit.http;
    exports dev.ratelimit.internal to
            dev.ratelimit.cache,
            dev.ratelimit.core,
            dev.ratelimit.quota.jdbc;
    exports dev.ratelimit.quota;
}
