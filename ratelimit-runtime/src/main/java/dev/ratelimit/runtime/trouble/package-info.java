/** Logging of failures of callers' code that reach no caller. */
@NullMarked
package dev.ratelimit.runtime.trouble;

import org.jspecify.annotations.NullMarked;
