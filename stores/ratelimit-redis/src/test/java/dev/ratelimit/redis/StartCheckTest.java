package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server says of itself, and whether it can keep counters. */
class StartCheckTest {

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"2.8.24", "5.0.14", "6.0.20", "6.1.240"})
    void an_old_version_is_refused(String version) {
        assertThatThrownBy(() -> check(info(version, "noeviction", "master", 0)))
                .hasMessageContaining("is version " + version)
                .hasMessageContaining("use Redis 6.2 or later, or Valkey");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"6.2.0", "7.0.15", "7.2.4", "8.8.0", "10.0.0", "unknown"})
    void a_later_version_is_not(String version) {
        assertThatCode(() -> check(info(version, "noeviction", "master", 0))).doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"allkeys-lru", "volatile-ttl", "volatile-random"})
    void a_server_that_throws_counters_away_is_refused(String policy) {
        String info = info("7.0.15", policy, "master", 0);
        assertThatThrownBy(() -> check(info))
                .hasMessageContaining(policy)
                .hasMessageContaining("set it to noeviction")
                .hasMessageContaining("assumeNoEviction()");
        assertThatCode(() -> new StartCheck(new CounterTrial(new Keys("x")), true).check("it", info, false))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"slave, 0, is a replica", "master, 1, connectCluster"})
    void what_is_no_single_server_is_refused(String role, int cluster, String message) {
        assertThatThrownBy(() -> check(info("7.0.15", "noeviction", role, cluster)))
                .hasMessageContaining(message);
    }

    @Test
    void a_server_that_tells_nothing_is_believed() {
        assertThatCode(() -> check("")).doesNotThrowAnyException();
    }

    private static void check(String info) {
        new StartCheck(new CounterTrial(new Keys("x")), false).check("the Redis server", info, false);
    }

    private static String info(String version, String policy, String role, int cluster) {
        return "# Server\r\nredis_version:" + version + "\r\n# Memory\r\nmaxmemory_policy:" + policy
                + "\r\n# Replication\r\nrole:" + role + "\r\n# Cluster\r\ncluster_enabled:" + cluster + "\r\n";
    }
}
