/** A cache of responses in front of a backend: {@link dev.ratelimit.cache.ResponseCache}. */
module dev.ratelimit.cache {
    requires transitive dev.ratelimit;
    requires static transitive org.jspecify;
    requires dev.ratelimit.runtime;
    requires com.github.benmanes.caffeine;

    exports dev.ratelimit.cache;
    exports dev.ratelimit.cache.http;
}
