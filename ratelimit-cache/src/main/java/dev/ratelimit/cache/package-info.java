/**
 * A response cache: it keeps the answers of a backend for later requests with the same key.
 *
 * <p>{@link dev.ratelimit.cache.ResponseCache} is where to begin. No parameter and no result is null.
 */
@NullMarked
package dev.ratelimit.cache;

import org.jspecify.annotations.NullMarked;
