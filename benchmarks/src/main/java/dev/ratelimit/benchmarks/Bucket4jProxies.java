package dev.ratelimit.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.testservers.PostgresServer;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.BucketProxy;
import io.github.bucket4j.distributed.jdbc.PrimaryKeyMapper;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.distributed.proxy.optimization.DelayParameters;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * Bucket4j's buckets in a server. They are too large for a refusal and are refilled once a year, so the permits that
 * are left show how many were granted.
 */
final class Bucket4jProxies {

    private static final long CAPACITY = 1_000_000_000_000L;

    /** More than a thread consumes in a term. */
    private static final long MAX_DELAYED = 1_000_000;

    private static final BucketConfiguration CONFIGURATION = BucketConfiguration.builder()
            .addLimit(limit -> limit.capacity(CAPACITY).refillIntervally(CAPACITY, Duration.ofDays(365)))
            .build();

    private final ProxyManager<String> proxies;
    private final Map<String, Bucket> batching = new ConcurrentHashMap<>();
    private final Map<String, BucketProxy> delaying = new ConcurrentHashMap<>();

    Bucket4jProxies(ProxyManager<String> proxies) {
        this.proxies = proxies;
    }

    /** By compare-and-swap over one connection, because this library also uses one. */
    static ProxyManager<String> redis(RedisClient client) {
        return Bucket4jLettuce.casBasedBuilder(client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE)))
                .build();
    }

    /** By locked rows. */
    static ProxyManager<String> postgres(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE bucket (id VARCHAR(80) PRIMARY KEY, state BYTEA, expires_at BIGINT)");
        }
        return Bucket4jPostgreSQL.selectForUpdateBasedBuilder(pool)
                .primaryKeyMapper(PrimaryKeyMapper.STRING)
                .build();
    }

    /** The connections that both sides share. */
    static HikariDataSource pool(int port) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(PostgresServer.jdbcUrl(port));
        config.setMaximumPoolSize(16);
        return new HikariDataSource(config);
    }

    /** A bucket object for each caller, as an application gets one in each request. */
    LoadWay.Call plain(String key) {
        Bucket bucket = proxies.getProxy(key, () -> CONFIGURATION);
        return () -> bucket.tryConsume(1);
    }

    /** One bucket for all callers of a key, which combines concurrent requests into one. */
    LoadWay.Call batching(String key) {
        Bucket bucket = batching.computeIfAbsent(
                key,
                unknown -> proxies.builder()
                        .withOptimization(Optimizations.batching())
                        .build(key, () -> CONFIGURATION));
        return () -> bucket.tryConsume(1);
    }

    /**
     * One bucket object for all callers of a key, which counts in this process and updates the server later. Meanwhile
     * other processes may exceed the limit.
     */
    LoadWay.Call delaying(String key) {
        BucketProxy bucket = delaying.computeIfAbsent(
                key,
                unknown -> proxies.builder()
                        .withOptimization(Optimizations.delaying(new DelayParameters(MAX_DELAYED, QuotaCallers.TERM)))
                        .build(key, () -> CONFIGURATION));
        return () -> bucket.tryConsume(1);
    }

    long used(String key) {
        BucketProxy later = delaying.get(key);
        if (later != null) {
            later.getOptimizationController().syncImmediately();
        }
        return CAPACITY - proxies.getProxy(key, () -> CONFIGURATION).getAvailableTokens();
    }
}
