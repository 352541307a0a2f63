package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOperation.Reset;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.RateStore;
import dev.ratelimit.rate.spi.StoredRate;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import dev.ratelimit.testservers.RedisCluster;
import dev.ratelimit.testservers.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The start of a rate store: what the server must allow, the clients that it works with, and its namespaces. */
class RateStartIT {

    private static final String ALL = "+eval +evalsha +ping +info +time +get +set +del";
    private static final BudgetTerms TERMS = new BudgetTerms(List.of(new StoredRate(1_000_000_000, 1, 5)));
    private static final Duration LONG = Duration.ofSeconds(10);

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
        "+get, GET in scripts",
        "+set, SET in scripts",
        "+del, DEL in scripts"
    })
    void a_right_that_is_missing_is_named_with_the_rule_that_gives_it(String right, String named) {
        user(ALL.replace(right + " ", "").replace(" " + right, ""));
        assertThatThrownBy(() -> RedisRateStore.connect(address()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED))
                .hasMessageContaining(named)
                .hasMessageEndingWith("give the user what the store needs: ACL SETUSER <user> ~{ratelimit:* " + ALL);
        assertThat(server.call("DBSIZE")).isEqualTo("0");
    }

    /** The rule of the message, word for word. */
    @Test
    void the_rule_is_enough_and_the_probe_leaves_nothing_behind() {
        user(ALL);
        try (RateStore store = RedisRateStore.connect(address())) {
            assertThat(server.call("DBSIZE")).isEqualTo("0");
            assertThat(taken(store, "one")).isEqualTo(2);
            assertThat(server.call("EXISTS", "{ratelimit:one}")).isEqualTo("1");
            assertThat(store.apply(List.of(new Reset("one", TERMS)), Deadline.after(LONG)))
                    .containsExactly(new Applied(0, List.of(0L), 0, 0));
            assertThat(server.call("DBSIZE")).isEqualTo("0");
        }
    }

    @Test
    void a_server_that_would_evict_budgets_is_refused() {
        try (RedisServer evicting = RedisServer.start("--maxmemory-policy", "allkeys-lru")) {
            RedisURI uri = RedisURI.create("127.0.0.1", evicting.port());
            assertThatThrownBy(() -> RedisRateStore.connect(uri))
                    .hasMessageContaining("would throw rates away")
                    .hasMessageContaining("assumeNoEviction()");
            try (RateStore store =
                    RedisRateStore.builder(uri).assumeNoEviction().build()) {
                assertThat(taken(store, "one")).isEqualTo(2);
            }
        }
    }

    @Test
    void a_server_without_memory_fails_with_nothing_applied() {
        try (RedisServer full = RedisServer.start("--maxmemory", "1");
                RateStore store = RedisRateStore.connect(RedisURI.create("127.0.0.1", full.port()))) {
            RateOutcome outcome =
                    store.apply(List.of(take("one")), Deadline.after(LONG)).get(0);
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            RateOutcome.Failed.class,
                            failed -> assertThat(failed.certainty()).isEqualTo(Certainty.NOT_APPLIED));
            full.call("CONFIG", "SET", "maxmemory", "0");
            assertThat(taken(store, "one")).isEqualTo(2);
        }
    }

    @Test
    void stores_on_a_client_share_budgets_of_one_namespace_and_leave_it_open() {
        RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", server.port()));
        try (RateStore one = RedisRateStore.builder(client).namespace("shop").build();
                RateStore other =
                        RedisRateStore.builder(client).namespace("shop").build();
                RateStore apart = RedisRateStore.builder(client).build()) {
            assertThat(taken(one, "shared")).isEqualTo(2);
            assertThat(taken(other, "shared")).isEqualTo(2);
            assertThat(taken(apart, "shared")).isEqualTo(2);
            assertThat(taken(one, "shared")).isEqualTo(1);
        }
        try {
            client.connect().close();
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
            server.call("FLUSHALL");
        }
    }

    @Test
    void a_store_on_a_cluster_client() {
        try (RedisCluster cluster = RedisCluster.start()) {
            RedisClusterClient client = RedisClusterClient.create(
                    RedisURI.create("127.0.0.1", cluster.masters().get(0).port()));
            try (RateStore store = RedisRateStore.builder(client).build()) {
                for (int i = 0; i < 20; i++) {
                    assertThat(taken(store, "budget-" + i)).isEqualTo(2);
                }
            } finally {
                client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
            }
        }
    }

    /** Takes two, or one. */
    private static long taken(RateStore store, String name) {
        RateOutcome outcome =
                store.apply(List.of(take(name)), Deadline.after(LONG)).get(0);
        return ((Applied) outcome).permits();
    }

    private static Take take(String name) {
        return new Take(name, TERMS, 2, 1, 0, true);
    }

    private static void user(String rights) {
        server.call(("ACL SETUSER app reset on >pass ~{ratelimit:* " + rights).split(" ", -1));
    }

    private static RedisURI address() {
        return RedisURI.create("redis://app:pass@127.0.0.1:" + server.port());
    }
}
