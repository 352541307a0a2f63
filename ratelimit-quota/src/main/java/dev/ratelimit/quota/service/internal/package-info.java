/** Quotas: from a key and an amount to operations on a store's counters, and back to a decision. */
@NullMarked
package dev.ratelimit.quota.service.internal;

import org.jspecify.annotations.NullMarked;
