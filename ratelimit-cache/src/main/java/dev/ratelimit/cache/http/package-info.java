/**
 * HTTP's rules of caching (RFC 9111, 5861 and 9211), from the fields of requests and responses; for any server and
 * client.
 *
 * <p>{@link dev.ratelimit.cache.http.HttpCaching} is where to begin. No parameter and no result is null.
 */
@NullMarked
package dev.ratelimit.cache.http;

import org.jspecify.annotations.NullMarked;
