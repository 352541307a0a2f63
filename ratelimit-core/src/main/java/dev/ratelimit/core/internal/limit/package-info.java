/** The limiters: arguments checked, keys reduced, cells asked. */
@NullMarked
package dev.ratelimit.core.internal.limit;

import org.jspecify.annotations.NullMarked;
