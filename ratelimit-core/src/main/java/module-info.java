/** The limiters, behind one front door: {@link dev.ratelimit.core.Limiters}. */
module dev.ratelimit.core {
    requires transitive dev.ratelimit;
    requires transitive dev.ratelimit.quota.spi;
    requires static transitive org.jspecify;
    requires com.github.benmanes.caffeine;
    requires org.jctools.core;
    requires org.slf4j;

    exports dev.ratelimit.core;
}
