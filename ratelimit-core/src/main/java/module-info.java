/** Rate limiters, created by {@link dev.ratelimit.core.Limiters}. */
module dev.ratelimit.core {
    requires transitive dev.ratelimit;
    requires static transitive org.jspecify;
    requires dev.ratelimit.runtime;

    exports dev.ratelimit.core;
}
