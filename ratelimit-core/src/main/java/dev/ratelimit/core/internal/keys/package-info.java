/** How a key of any supported type becomes 64 bits that nobody outside can predict. */
@NullMarked
package dev.ratelimit.core.internal.keys;

import org.jspecify.annotations.NullMarked;
