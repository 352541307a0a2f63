/** Factory and builders of limiters: {@link dev.ratelimit.core.Limiters}. */
@NullMarked
package dev.ratelimit.core;

import org.jspecify.annotations.NullMarked;
