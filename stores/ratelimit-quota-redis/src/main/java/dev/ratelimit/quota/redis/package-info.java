/** Quotas that are counted in Redis or Valkey. {@link dev.ratelimit.quota.redis.RedisQuotaStore} is where to begin. */
@NullMarked
package dev.ratelimit.quota.redis;

import org.jspecify.annotations.NullMarked;
