/** Contract quotas in memory. */
@NullMarked
package dev.ratelimit.core.internal.quota;

import org.jspecify.annotations.NullMarked;
