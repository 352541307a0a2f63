package dev.ratelimit.redis;

import static dev.ratelimit.redis.Asking.LONG;
import static dev.ratelimit.redis.Asking.acquire;
import static dev.ratelimit.redis.Asking.ask;
import static dev.ratelimit.redis.Asking.attempt;
import static dev.ratelimit.redis.Asking.counter;
import static dev.ratelimit.redis.Asking.failed;
import static dev.ratelimit.redis.Asking.used;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Outcome.Grouped;
import dev.ratelimit.testservers.RedisCluster;
import dev.ratelimit.testservers.RedisServer;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Counters in a cluster, also while their slot moves. */
class ClusterIT {

    private static RedisCluster cluster;
    private static RedisQuotaStore store;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start();
        store = RedisQuotaStore.connectCluster(address(0));
    }

    @AfterAll
    static void stop() {
        store.close();
        cluster.close();
    }

    @Test
    void subjects_are_spread_and_the_first_call_for_each_works() {
        for (int i = 0; i < 50; i++) {
            assertThat(ask(store, acquire(counter("spread-" + i), 2, 10)).used())
                    .isEqualTo(2);
        }
        assertThat(cluster.masters())
                .allSatisfy(master ->
                        assertThat(Long.parseLong(master.call("DBSIZE"))).isPositive());
    }

    @Test
    void a_group_of_one_subject_is_decided_as_one_and_others_are_not_begun() {
        Acquire orders = (Acquire) acquire(counter("orders", "alice", Duration.ofHours(1)), 1, 10);
        Acquire mails = (Acquire) acquire(counter("mails", "alice", Duration.ofHours(1)), 1, 10);
        assertThat(attempt(store, new Operation.Group(List.of(orders, mails)), LONG))
                .isInstanceOfSatisfying(
                        Grouped.class, grouped -> assertThat(grouped.allowed()).isTrue());
        Acquire others = (Acquire) acquire(counter("orders", "bob", Duration.ofHours(1)), 1, 10);
        assertThat(failed(attempt(store, new Operation.Group(List.of(orders, others)), LONG), Certainty.NOT_APPLIED))
                .isTrue();
        assertThat(used(store, orders.counter())).isEqualTo(1);
    }

    @Test
    void a_counter_whose_slot_moves_is_found_and_counts_once() throws InterruptedException {
        Counter counter = counter("moves");
        String key = new Keys("ratelimit").of(counter);
        int slot = SlotHash.getSlot(key);
        ask(store, acquire(counter, 1, Long.MAX_VALUE));
        RedisServer from = owner(key);
        RedisServer to = cluster.masters().stream()
                .filter(master -> master != from)
                .findFirst()
                .orElseThrow();
        CountingCallers callers = new CountingCallers(store, counter, 4, Duration.ofMillis(500));
        callers.start();
        Thread.sleep(200);
        to.call("CLUSTER", "SETSLOT", String.valueOf(slot), "IMPORTING", id(from));
        from.call("CLUSTER", "SETSLOT", String.valueOf(slot), "MIGRATING", id(to));
        Thread.sleep(100);
        from.call("MIGRATE", "127.0.0.1", String.valueOf(to.port()), key, "0", "2000");
        Thread.sleep(100);
        to.call("CLUSTER", "SETSLOT", String.valueOf(slot), "NODE", id(to));
        from.call("CLUSTER", "SETSLOT", String.valueOf(slot), "NODE", id(to));
        Thread.sleep(200);
        callers.stop();
        assertThat(owner(key)).isSameAs(to);
        assertThat(callers.indeterminate()).isZero();
        assertThat(used(store, counter)).isEqualTo(callers.granted() + 1);
    }

    @Test
    void a_node_of_a_cluster_is_no_single_server() {
        assertThatThrownBy(() -> RedisQuotaStore.connect(address(0))).hasMessageContaining("connectCluster");
    }

    private static RedisServer owner(String key) {
        return cluster.masters().stream()
                .filter(master -> holds(master, key))
                .findFirst()
                .orElseThrow();
    }

    private static boolean holds(RedisServer master, String key) {
        try {
            return master.call("EXISTS", key).equals("1");
        } catch (IllegalStateException movedElsewhere) {
            return false;
        }
    }

    private static String id(RedisServer server) {
        return server.call("CLUSTER", "MYID");
    }

    private static RedisURI address(int node) {
        return RedisURI.create("127.0.0.1", cluster.masters().get(node).port());
    }
}
