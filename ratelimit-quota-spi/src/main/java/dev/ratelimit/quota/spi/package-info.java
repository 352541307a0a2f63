/** What a quota store does. Whoever implements {@link dev.ratelimit.quota.spi.QuotaStore} reads {@code SPEC.md} first. */
@NullMarked
package dev.ratelimit.quota.spi;

import org.jspecify.annotations.NullMarked;
