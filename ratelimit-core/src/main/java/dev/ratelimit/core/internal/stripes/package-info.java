/** Stripes: how the keys of a limiter are divided, so that calls of different keys rarely meet at one lock. */
@NullMarked
package dev.ratelimit.core.internal.stripes;

import org.jspecify.annotations.NullMarked;
