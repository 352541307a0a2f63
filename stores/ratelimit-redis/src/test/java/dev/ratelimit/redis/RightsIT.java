package dev.ratelimit.redis;

import static dev.ratelimit.redis.Asking.LONG;
import static dev.ratelimit.redis.Asking.acquire;
import static dev.ratelimit.redis.Asking.ask;
import static dev.ratelimit.redis.Asking.attempt;
import static dev.ratelimit.redis.Asking.counter;
import static dev.ratelimit.redis.Asking.failed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import dev.ratelimit.testservers.RedisCluster;
import dev.ratelimit.testservers.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A user who may not do what the store does: one clear error at the start, and nothing left behind. */
class RightsIT {

    private static final String ALL = "+eval +evalsha +ping +info +time +hget +hmget +hset +pexpireat";

    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "+eval, EVAL",
        "+evalsha, evalsha",
        "+time, TIME in scripts",
        "+hget, HGET in scripts",
        "+hmget, HMGET in scripts",
        "+hset, HSET in scripts",
        "+pexpireat, PEXPIREAT in scripts"
    })
    void a_right_that_is_missing_is_named_with_the_rule_that_gives_it(String right, String named) {
        user("~{ratelimit:*", ALL.replace(right + " ", "").replace(" " + right, ""));
        assertThatThrownBy(() -> RedisQuotaStore.connect(address()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED))
                .hasMessageStartingWith("the Redis server at 127.0.0.1:" + server.port() + " refuses ")
                .hasMessageContaining(named)
                .hasMessageEndingWith("give the user what the store needs: ACL SETUSER <user> ~{ratelimit:* " + ALL);
        assertThat(server.call("DBSIZE")).isEqualTo("0");
    }

    @Test
    void keys_that_are_not_allowed() {
        user("~ratelimit:*", ALL);
        assertThatThrownBy(() -> RedisQuotaStore.connect(address()))
                .hasMessageContaining("NOPERM")
                .hasMessageContaining("ACL SETUSER <user> ~{ratelimit:* ");
        user("~{shop:*", ALL);
        assertThatThrownBy(() -> RedisQuotaStore.connect(address())).hasMessageContaining("~{ratelimit:*");
        RedisQuotaStore.builder(address()).namespace("shop").build().close();
    }

    /** The rule of the message, word for word. */
    @Test
    void the_rule_is_enough_and_the_probe_leaves_nothing_behind() {
        user("~{ratelimit:*", ALL);
        try (RedisQuotaStore store = RedisQuotaStore.connect(address())) {
            assertThat(server.call("DBSIZE")).isEqualTo("0");
            Counter one = counter("orders", "alice", Duration.ofHours(1));
            Counter other = counter("mails", "alice", Duration.ofHours(1));
            assertThat(ask(store, acquire(one, 2, 2, 10, 1))).isEqualTo(new Counted(2, 2));
            assertThat(ask(store, new Operation.Adjust(one, -1, null))).isEqualTo(new Counted(0, 1));
            assertThat(attempt(
                            store,
                            new Operation.Group(List.of((Operation.Acquire) acquire(one, 1, 10), (Operation.Acquire)
                                    acquire(other, 1, 10))),
                            LONG))
                    .isNotInstanceOf(dev.ratelimit.quota.spi.Outcome.Failed.class);
            server.call("FLUSHALL");
        }
    }

    @Test
    void the_rule_for_a_cluster_is_enough() {
        try (RedisCluster cluster = RedisCluster.start()) {
            cluster.masters()
                    .forEach(master -> call(
                            master,
                            "ACL SETUSER app reset on >pass ~{ratelimit:* " + ALL + StartTrouble.CLUSTER_RIGHTS));
            int port = cluster.masters().get(0).port();
            RedisURI address = RedisURI.create("redis://app:pass@127.0.0.1:" + port);
            try (RedisQuotaStore store = RedisQuotaStore.connectCluster(address)) {
                for (int i = 0; i < 20; i++) {
                    assertThat(ask(store, acquire(counter("c-" + i), 1, 1))).isEqualTo(new Counted(1, 1));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EVAL", "EVALSHA"})
    void a_command_with_another_name(String command) {
        try (RedisServer renamed = RedisServer.start("--rename-command", command, "ELSE")) {
            assertThatThrownBy(() -> RedisQuotaStore.connect(RedisURI.create("127.0.0.1", renamed.port())))
                    .hasMessageContaining("unknown command '" + command + "'")
                    .hasMessageContaining("take back the rename-command");
        }
    }

    @Test
    void a_server_without_memory_is_no_reason_not_to_start() {
        try (RedisServer full = RedisServer.start("--maxmemory", "1")) {
            try (RedisQuotaStore store = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", full.port()))) {
                assertThat(failed(attempt(store, acquire(counter("alice"), 1, 10), LONG), Certainty.NOT_APPLIED))
                        .isTrue();
                full.call("CONFIG", "SET", "maxmemory", "0");
                assertThat(ask(store, acquire(counter("alice"), 1, 10))).isEqualTo(new Counted(1, 1));
            }
        }
    }

    @Test
    void rights_that_are_taken_away_later_are_no_uncertainty() {
        user("~{ratelimit:*", ALL);
        try (RedisQuotaStore store = RedisQuotaStore.connect(address())) {
            call(server, "ACL SETUSER app -evalsha");
            assertThat(failed(attempt(store, acquire(counter("later"), 1, 10), LONG), Certainty.NOT_APPLIED))
                    .isTrue();
            call(server, "ACL SETUSER app +evalsha resetkeys");
            assertThat(failed(attempt(store, acquire(counter("later"), 1, 10), LONG), Certainty.NOT_APPLIED))
                    .isTrue();
            call(server, "ACL SETUSER app ~{ratelimit:*");
            assertThat(ask(store, acquire(counter("later"), 1, 10))).isEqualTo(new Counted(1, 1));
            server.call("FLUSHALL");
        }
    }

    /** Only operators list, so the start does not ask for the right. */
    @Test
    void a_list_needs_one_right_more_and_names_it() {
        user("~{ratelimit:*", ALL);
        Counter counter = counter("alice");
        CounterQuery query = new CounterQuery("orders", "", Instant.EPOCH, Instant.MAX, 10);
        try (RedisQuotaStore store = RedisQuotaStore.connect(address())) {
            assertThat(ask(store, acquire(counter, 3, 10))).isEqualTo(new Counted(3, 3));
            assertThatThrownBy(() -> store.list(query, Deadline.after(LONG)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED))
                    .hasMessageContaining("the Redis server at 127.0.0.1:" + server.port() + " refuses SCAN: NOPERM")
                    .hasMessageEndingWith("give the user what lists need: ACL SETUSER <user> +scan");
            call(server, "ACL SETUSER app +scan");
            assertThat(store.list(query, Deadline.after(LONG))).containsExactly(new ListedCounter(counter, 3));
            server.call("FLUSHALL");
        }
    }

    private static void user(String keys, String rights) {
        call(server, "ACL SETUSER app reset on >pass " + keys + " " + rights);
    }

    private static void call(RedisServer server, String command) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        server.call(words.toArray(String[]::new));
    }

    private static RedisURI address() {
        return RedisURI.create("redis://app:pass@127.0.0.1:" + server.port());
    }
}
