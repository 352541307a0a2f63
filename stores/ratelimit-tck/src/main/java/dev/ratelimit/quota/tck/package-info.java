/**
 * The rules of {@code SPEC.md} as tests. The author of a store extends
 * {@link dev.ratelimit.quota.tck.QuotaStoreContract}.
 */
@NullMarked
package dev.ratelimit.quota.tck;

import org.jspecify.annotations.NullMarked;
