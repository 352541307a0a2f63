/** Waiting for an instant of a time source: with a sleeping thread, and without one. */
@NullMarked
package dev.ratelimit.core.internal.waiting;

import org.jspecify.annotations.NullMarked;
