/**
 * The interface of quota stores. Read {@code SPEC.md} before you implement {@link dev.ratelimit.quota.spi.QuotaStore}.
 */
@NullMarked
package dev.ratelimit.quota.spi;

import org.jspecify.annotations.NullMarked;
