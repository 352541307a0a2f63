package dev.ratelimit.redis;

import static dev.ratelimit.redis.Asking.LONG;
import static dev.ratelimit.redis.Asking.acquire;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.quota.spi.Operation;
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

/** Lists of counters in a cluster: of all masters, or none. */
class ClusterListingIT {

    private static final Instant START = Instant.parse("2100-01-01T00:00:00Z");
    private static final int COUNTERS = 3_000;

    private static RedisCluster cluster;
    private static RedisQuotaStore store;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start();
        store = RedisQuotaStore.connectCluster(
                RedisURI.create("127.0.0.1", cluster.masters().get(0).port()));
        List<Operation> batch = new ArrayList<>();
        for (int i = 0; i < COUNTERS; i++) {
            batch.add(acquire(counter(i), i + 1, Long.MAX_VALUE));
            if (batch.size() == 200) {
                store.apply(batch, Deadline.after(LONG));
                batch.clear();
            }
        }
    }

    @AfterAll
    static void stop() {
        store.close();
        cluster.close();
    }

    @Test
    void the_counters_of_all_masters_are_one_list() {
        assertThat(cluster.masters())
                .allSatisfy(master ->
                        assertThat(Integer.parseInt(master.call("DBSIZE"))).isGreaterThan(COUNTERS / 10));
        List<ListedCounter> all = new ArrayList<>();
        for (int i = COUNTERS - 1; i >= 0; i--) {
            all.add(new ListedCounter(counter(i), i + 1));
        }
        assertThat(list(COUNTERS)).isEqualTo(all);
        assertThat(list(5)).isEqualTo(all.subList(0, 5));
    }

    /** The server ends all connections while lists are under way; the client connects again. */
    @Test
    void a_list_whose_connections_are_lost_is_whole_or_fails() throws InterruptedException {
        int whole = 0;
        int lost = 0;
        Deadline enough = Deadline.after(Duration.ofSeconds(60));
        while ((whole < 3 || lost < 3) && !enough.hasPassed()) {
            Thread killer = new Thread(() -> cluster.masters().forEach(ClusterListingIT::killItsClients));
            killer.start();
            try {
                assertThat(list(COUNTERS)).hasSize(COUNTERS);
                whole++;
            } catch (StoreException e) {
                assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED);
                lost++;
            }
            killer.join();
            if (whole < 3 && list(COUNTERS, 20).size() == COUNTERS) {
                whole++;
            }
        }
        assertThat(lost).as("lists that were ended").isGreaterThanOrEqualTo(3);
        assertThat(whole).as("whole lists").isGreaterThanOrEqualTo(3);
    }

    private static void killItsClients(RedisServer master) {
        master.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    }

    /** Again after a while, as connections come back one by one. */
    private static List<ListedCounter> list(int max, int attempts) throws InterruptedException {
        for (int i = 1; ; i++) {
            try {
                return list(max);
            } catch (StoreException e) {
                if (i == attempts) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    private static List<ListedCounter> list(int max) {
        return store.list(
                new CounterQuery("calls", "", START, START.plusSeconds(1), max),
                Deadline.after(Duration.ofSeconds(30)));
    }

    private static Counter counter(int i) {
        return Counter.of("calls", "k" + i, START, START.plus(Duration.ofHours(1)));
    }
}
