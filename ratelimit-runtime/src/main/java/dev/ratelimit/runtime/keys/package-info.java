/** Hashing of keys of all supported types to 64 bits that clients cannot predict. */
@NullMarked
package dev.ratelimit.runtime.keys;

import org.jspecify.annotations.NullMarked;
