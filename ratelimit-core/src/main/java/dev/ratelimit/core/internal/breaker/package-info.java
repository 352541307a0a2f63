/** Circuit breakers: whether something that fails is worth calling. They know nothing of what is called. */
@NullMarked
package dev.ratelimit.core.internal.breaker;

import org.jspecify.annotations.NullMarked;
