/** What callers of a rate limiter see: rates, limiters, decisions, keys and time, and what HTTP clients are told. */
module dev.ratelimit {
    requires static transitive org.jspecify;

    exports dev.ratelimit;
    exports dev.ratelimit.http;
}
