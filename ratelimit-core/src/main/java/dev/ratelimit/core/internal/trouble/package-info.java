/** What becomes of failures of callers' code that nobody else hears of. */
@NullMarked
package dev.ratelimit.core.internal.trouble;

import org.jspecify.annotations.NullMarked;
