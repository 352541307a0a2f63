/** The smallest gateway that is complete: one class, to be copied. */
@NullMarked
package dev.ratelimit.examples.minimal;

import org.jspecify.annotations.NullMarked;
