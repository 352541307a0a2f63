/** Hashing of keys of all supported types to 64 bits that clients cannot predict. */
@NullMarked
package dev.ratelimit.core.internal.keys;

import org.jspecify.annotations.NullMarked;
