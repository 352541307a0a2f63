/** Locks of the core, and the check for room on the stack that they need. */
@NullMarked
package dev.ratelimit.core.internal.locks;

import org.jspecify.annotations.NullMarked;
