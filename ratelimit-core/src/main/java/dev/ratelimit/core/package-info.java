/**
 * Factories and builders of limiters and quota services: {@link dev.ratelimit.core.Limiters},
 * {@link dev.ratelimit.core.Quotas} and {@link dev.ratelimit.core.QuotaStores}.
 */
@NullMarked
package dev.ratelimit.core;

import org.jspecify.annotations.NullMarked;
