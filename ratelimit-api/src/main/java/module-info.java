/** What callers of a rate limiter see: rates, limiters, decisions, keys and time. */
module dev.ratelimit {
    requires static transitive org.jspecify;

    exports dev.ratelimit;
}
