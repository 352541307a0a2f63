/**
 * The choice of the policy in force: the policy of a key from a resolver, and the part of a policy that a node of a
 * cluster enforces.
 */
@NullMarked
package dev.ratelimit.core.internal.policy;

import org.jspecify.annotations.NullMarked;
