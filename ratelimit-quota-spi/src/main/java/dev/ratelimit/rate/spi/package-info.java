/**
 * The interface of rate stores: {@link dev.ratelimit.rate.spi.RateStore}. A rate store keeps the budgets of limits that
 * many processes share.
 */
@NullMarked
package dev.ratelimit.rate.spi;

import org.jspecify.annotations.NullMarked;
