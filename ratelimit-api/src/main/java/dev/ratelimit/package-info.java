/**
 * Rates, limiters, decisions, keys and time: all that a caller of a rate limiter needs to name.
 *
 * <p>Nothing here decides anything; the limiters themselves come from the front door {@code Limiters} of the core
 * module. No parameter and no result is null.
 */
@NullMarked
package dev.ratelimit;

import org.jspecify.annotations.NullMarked;
