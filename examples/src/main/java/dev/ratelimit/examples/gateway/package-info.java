/**
 * A whole gateway: real HTTP, five tiers of clients, one node to protect, quotas, orders of accounts, and a cache.
 *
 * <p>{@link dev.ratelimit.examples.gateway.Gateway} asks an {@code Admission}, and has what that allows answered by
 * {@code Relay}.
 */
@NullMarked
package dev.ratelimit.examples.gateway;

import org.jspecify.annotations.NullMarked;
