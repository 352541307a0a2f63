/** Circuit breakers, which stop calls of something that fails. They know nothing of the calls. */
@NullMarked
package dev.ratelimit.core.internal.breaker;

import org.jspecify.annotations.NullMarked;
