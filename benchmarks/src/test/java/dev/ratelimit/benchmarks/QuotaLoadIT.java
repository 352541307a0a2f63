package dev.ratelimit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testservers.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The load on real servers, for a moment: each way counts what it was granted, and nothing else. */
class QuotaLoadIT {

    private static final LoadRounds SHORT = new LoadRounds(1, Duration.ofMillis(100));

    @Test
    void redis() throws Exception {
        assertThat(QuotaLoad.redis(SHORT))
                .hasSize(11)
                .allSatisfy(line -> assertThat(line).startsWith("Redis, "));
    }

    @Test
    void postgres() throws Exception {
        Assumptions.assumeTrue(PostgresServer.isAvailable(), "there is no PostgreSQL for this machine");
        assertThat(QuotaLoad.postgres(SHORT))
                .hasSize(6)
                .allSatisfy(line -> assertThat(line).startsWith("PostgreSQL, "));
    }

    @Test
    void callersOfBothLibrariesOnBothServers() throws Exception {
        Assumptions.assumeTrue(PostgresServer.isAvailable(), "there is no PostgreSQL for this machine");
        Results results = new Results();
        results.add(
                QuotaCallers.measure(new LoadRounds(1, Duration.ofMillis(50))).json());
        assertThat(results.names())
                .hasSize(70)
                .contains(
                        "QuotaCallers.bucket4jBatchingPostgreSQLHot/256",
                        "QuotaCallers.ratelimitPrefetchRedisHot/16",
                        "QuotaCallers.ratelimitRedisApart/1")
                .allSatisfy(name -> assertThat(results.interval(name).score()).isPositive());
    }
}
