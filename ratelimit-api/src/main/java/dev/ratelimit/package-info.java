/**
 * The public types of rate limiters: rates, policies, limiters, decisions, keys and time.
 *
 * <p>The class {@code Limiters} of the core module creates the limiters. No parameter and no result is null.
 */
@NullMarked
package dev.ratelimit;

import org.jspecify.annotations.NullMarked;
