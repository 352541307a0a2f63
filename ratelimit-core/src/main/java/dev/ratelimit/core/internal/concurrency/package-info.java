/** Leases: at most so many at once for each key. */
@NullMarked
package dev.ratelimit.core.internal.concurrency;

import org.jspecify.annotations.NullMarked;
