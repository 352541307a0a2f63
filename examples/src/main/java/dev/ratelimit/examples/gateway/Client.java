package dev.ratelimit.examples.gateway;

/**
 * A client is whom a request is charged to: a tier, and the key of a budget within it.
 *
 * @param tier the tier
 * @param key the key that the limiter knows it by: an API key, or an {@link java.net.InetAddress}, which is never equal
 *     to an API key, however that looks
 */
public record Client(Tier tier, Object key) {}
