/**
 * A cache of responses: what a backend has answered, kept for those who ask the same.
 *
 * <p>{@link dev.ratelimit.cache.ResponseCache} is where to begin. No parameter and no result is null.
 */
@NullMarked
package dev.ratelimit.cache;

import org.jspecify.annotations.NullMarked;
