/** The front door: {@link dev.ratelimit.core.Limiters} and what it builds with. */
@NullMarked
package dev.ratelimit.core;

import org.jspecify.annotations.NullMarked;
