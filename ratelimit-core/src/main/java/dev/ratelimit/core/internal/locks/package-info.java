/** What every lock of the core relies on: room on the stack. */
@NullMarked
package dev.ratelimit.core.internal.locks;

import org.jspecify.annotations.NullMarked;
