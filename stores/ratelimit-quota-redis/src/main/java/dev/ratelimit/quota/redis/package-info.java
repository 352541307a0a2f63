/**
 * Quotas that are counted in Redis or Valkey ({@link dev.ratelimit.quota.redis.RedisQuotaStore}), and rates that are
 * kept there ({@link dev.ratelimit.quota.redis.RedisRateStore}).
 */
@NullMarked
package dev.ratelimit.quota.redis;

import org.jspecify.annotations.NullMarked;
