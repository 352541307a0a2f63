/** Limits made of limits: compositions and shadow limits. */
@NullMarked
package dev.ratelimit.core.internal.compose;

import org.jspecify.annotations.NullMarked;
