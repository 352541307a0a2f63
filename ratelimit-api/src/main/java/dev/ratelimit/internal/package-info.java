/** What the library's own modules share, and nobody else may use. */
@NullMarked
package dev.ratelimit.internal;

import org.jspecify.annotations.NullMarked;
