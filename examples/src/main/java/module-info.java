/** A gateway that limits real HTTP traffic, and the small examples that the documentation shows. */
module dev.ratelimit.examples {
    requires dev.ratelimit.cache;
    requires dev.ratelimit.core;
    requires dev.ratelimit.quota.service;
    requires dev.ratelimit.jdbc;
    requires dev.ratelimit.testing;
    requires java.logging;
    requires java.net.http;
    requires java.sql;
    requires java.xml;
    requires jdk.httpserver;
    requires org.eclipse.jetty.client;
    requires org.eclipse.jetty.server;
    requires HdrHistogram;
    requires static org.jspecify;
}
