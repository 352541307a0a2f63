/** Time sources, clocks and stores that a test controls. */
module dev.ratelimit.testing {
    requires transitive dev.ratelimit;
    requires transitive dev.ratelimit.quota.spi;
    requires static transitive org.jspecify;

    exports dev.ratelimit.testing;
}
