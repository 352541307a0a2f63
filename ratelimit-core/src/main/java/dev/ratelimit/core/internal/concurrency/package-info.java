/** Bounded concurrency: at most a given number of leases at once for each key. */
@NullMarked
package dev.ratelimit.core.internal.concurrency;

import org.jspecify.annotations.NullMarked;
