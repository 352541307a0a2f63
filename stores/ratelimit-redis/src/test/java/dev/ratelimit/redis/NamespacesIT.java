package dev.ratelimit.redis;

import static dev.ratelimit.redis.Asking.acquire;
import static dev.ratelimit.redis.Asking.ask;
import static dev.ratelimit.redis.Asking.counter;
import static dev.ratelimit.redis.Asking.used;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.testservers.RedisServer;
import io.lettuce.core.RedisURI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Applications on one server: those of one namespace share counters, those of different ones do not. */
class NamespacesIT {

    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void applications_with_one_quota_name_and_different_namespaces_have_counters_of_their_own() {
        Counter counter = counter("alice");
        try (RedisQuotaStore shop = store("shop");
                RedisQuotaStore shops = store("shop.s");
                RedisQuotaStore billing = store("billing")) {
            assertThat(ask(shop, acquire(counter, 7, 10))).isEqualTo(new Counted(7, 7));
            assertThat(ask(billing, acquire(counter, 5, 10))).isEqualTo(new Counted(5, 5));
            assertThat(used(shops, counter)).isZero();
            assertThat(used(shop, counter)).isEqualTo(7);
        }
    }

    @Test
    void processes_of_one_application_share_their_counters() {
        Counter counter = counter("bob");
        try (RedisQuotaStore one = store("shop");
                RedisQuotaStore other = store("shop")) {
            ask(one, acquire(counter, 7, 10));
            assertThat(ask(other, acquire(counter, 5, 10))).isEqualTo(new Counted(0, 7));
        }
    }

    @Test
    void unless_it_is_set_it_is_ratelimit() {
        Counter counter = counter("carol");
        try (RedisQuotaStore unnamed = RedisQuotaStore.connect(address());
                RedisQuotaStore named = store("ratelimit")) {
            ask(unnamed, acquire(counter, 7, 10));
            assertThat(used(named, counter)).isEqualTo(7);
        }
    }

    @Test
    void a_namespace_that_cannot_be_is_refused_before_anything_connects() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisQuotaStore.builder(address()).namespace("shop:eu"))
                .withMessage("namespace must be 1 to 64 of A-Z a-z 0-9 . _ - but was \"shop:eu\"");
    }

    private static RedisQuotaStore store(String namespace) {
        return RedisQuotaStore.builder(address()).namespace(namespace).build();
    }

    private static RedisURI address() {
        return RedisURI.create("127.0.0.1", server.port());
    }
}
