/**
 * The rules of rate stores ({@code RATES.md}) as tests. The author of a store extends
 * {@link dev.ratelimit.rate.tck.RateStoreContract}.
 */
@NullMarked
package dev.ratelimit.rate.tck;

import org.jspecify.annotations.NullMarked;
