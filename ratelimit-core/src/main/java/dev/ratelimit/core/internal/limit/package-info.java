/** The limiters: they check arguments, hash keys, and ask the cells. */
@NullMarked
package dev.ratelimit.core.internal.limit;

import org.jspecify.annotations.NullMarked;
