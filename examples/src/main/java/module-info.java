/** A gateway that limits real HTTP traffic, and the small examples that the documentation shows. */
module dev.ratelimit.examples {
    requires dev.ratelimit.cache;
    requires dev.ratelimit.core;
    requires dev.ratelimit.quota.jdbc;
    requires dev.ratelimit.testing;
    requires java.net.http;
    requires java.sql;
    requires java.xml;
    requires jdk.httpserver;
    requires HdrHistogram;
    requires static org.jspecify;
}
