/**
 * Quotas that are counted in Redis or Valkey ({@link dev.ratelimit.redis.RedisQuotaStore}), and rates that are
 * kept there ({@link dev.ratelimit.redis.RedisRateStore}).
 */
module dev.ratelimit.redis {
    requires transitive dev.ratelimit.quota.spi;
    requires transitive lettuce.core;
    requires static transitive org.jspecify;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires org.slf4j;

    exports dev.ratelimit.redis;
}
