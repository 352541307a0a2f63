/** Which policy binds: that of a key, as a resolver names it; the part of a policy that a node of a cluster enforces. */
@NullMarked
package dev.ratelimit.core.internal.policy;

import org.jspecify.annotations.NullMarked;
