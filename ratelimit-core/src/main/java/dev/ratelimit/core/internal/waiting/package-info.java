/** Waiting for an instant of a source of time: with a thread that sleeps, and without one. */
@NullMarked
package dev.ratelimit.core.internal.waiting;

import org.jspecify.annotations.NullMarked;
