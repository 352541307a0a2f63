/**
 * Quotas that are counted in Redis or Valkey ({@link dev.ratelimit.redis.RedisQuotaStore}), and rates that are
 * kept there ({@link dev.ratelimit.redis.RedisRateStore}).
 */
@NullMarked
package dev.ratelimit.redis;

import org.jspecify.annotations.NullMarked;
