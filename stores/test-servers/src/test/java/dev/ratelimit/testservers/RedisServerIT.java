package dev.ratelimit.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Real Redis servers, started, killed and started again. */
class RedisServerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @Test
    void a_server_forgets_all_when_it_is_killed() {
        try (RedisServer server = RedisServer.start()) {
            server.call("SET", "key", "value");
            assertThat(server.call("GET", "key")).isEqualTo("value");
            server.kill();
            server.restart();
            assertThat(server.call("GET", "key")).isEmpty();
        }
    }

    @Test
    void a_durable_server_keeps_what_it_confirmed() {
        try (RedisServer server = RedisServer.startDurable()) {
            server.call("SET", "key", "value");
            server.kill();
            server.restart();
            assertThat(server.call("GET", "key")).isEqualTo("value");
        }
    }

    @Test
    void options_are_passed_and_errors_told() {
        try (RedisServer server = RedisServer.start("--requirepass", "secret")) {
            assertThatThrownBy(() -> server.call("GET", "key")).hasMessageContaining("NOAUTH");
        }
        assertThatThrownBy(() -> RedisServer.start("--no-such-option", "1")).hasMessageContaining("no-such-option");
    }

    @Test
    void a_sentinel_makes_the_replica_master() {
        try (RedisServer master = RedisServer.start();
                RedisServer replica = RedisServer.startReplica(master);
                RedisServer sentinel = RedisServer.startSentinel("counters", master)) {
            assertThat(sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "counters"))
                    .contains(String.valueOf(master.port()));
            assertThat(Waiting.until(
                            PATIENCE,
                            () -> sentinel.call("SENTINEL", "REPLICAS", "counters")
                                    .contains(String.valueOf(replica.port()))))
                    .isTrue();
            master.kill();
            assertThat(Waiting.until(PATIENCE, () -> replica.call("ROLE").startsWith("master")))
                    .isTrue();
        }
    }

    @Test
    void a_cluster_answers_for_all_slots() {
        try (RedisCluster cluster = RedisCluster.start()) {
            assertThat(cluster.masters()).hasSize(3);
            // The slot of "foo" is 12182: the last third.
            assertThat(cluster.masters().get(2).call("SET", "foo", "1")).isEqualTo("OK");
            assertThatThrownBy(() -> cluster.masters().get(0).call("SET", "foo", "1"))
                    .hasMessageContaining("MOVED 12182");
        }
    }
}
