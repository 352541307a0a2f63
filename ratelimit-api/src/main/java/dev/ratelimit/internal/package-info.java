/** Code that the library's own modules share. Applications must not use it. */
@NullMarked
package dev.ratelimit.internal;

import org.jspecify.annotations.NullMarked;
