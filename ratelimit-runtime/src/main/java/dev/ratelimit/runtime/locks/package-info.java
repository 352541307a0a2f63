/** Locks of the core, and the check for room on the stack that they need. */
@NullMarked
package dev.ratelimit.runtime.locks;

import org.jspecify.annotations.NullMarked;
