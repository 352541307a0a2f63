/** What callers of a rate limiter see: rates, limiters, decisions, keys, time, and the addresses of clients. */
module dev.ratelimit {
    requires static transitive org.jspecify;

    exports dev.ratelimit;
    exports dev.ratelimit.address;
}
