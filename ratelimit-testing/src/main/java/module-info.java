/** Time under a test's control. */
module dev.ratelimit.testing {
    requires transitive dev.ratelimit;
    requires static transitive org.jspecify;

    exports dev.ratelimit.testing;
}
