/** Limits made of limits: several as one, and one on trial. */
@NullMarked
package dev.ratelimit.core.internal.compose;

import org.jspecify.annotations.NullMarked;
