/** Logging of failures of callers' code that reach no caller. */
@NullMarked
package dev.ratelimit.core.internal.trouble;

import org.jspecify.annotations.NullMarked;
