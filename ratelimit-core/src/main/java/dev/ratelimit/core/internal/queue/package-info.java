/** Calls that wait for permits, in a queue for each key, and reservations that are not yet due. */
@NullMarked
package dev.ratelimit.core.internal.queue;

import org.jspecify.annotations.NullMarked;
