package dev.ratelimit.examples.gateway;

/**
 * A client is whom a request is charged to: a tier, and the key of a budget within it.
 *
 * @param tier the tier
 * @param key the key that its tier's limiter knows it by
 */
record Client(Tier tier, String key) {}
