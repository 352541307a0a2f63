/** Time and stores under a test's control. */
module dev.ratelimit.testing {
    requires transitive dev.ratelimit;
    requires transitive dev.ratelimit.quota.spi;
    requires static transitive org.jspecify;

    exports dev.ratelimit.testing;
}
