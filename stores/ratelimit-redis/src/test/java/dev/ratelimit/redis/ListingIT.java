package dev.ratelimit.redis;

import static dev.ratelimit.redis.Asking.LONG;
import static dev.ratelimit.redis.Asking.acquire;
import static dev.ratelimit.redis.Asking.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import dev.ratelimit.testservers.RedisServer;
import dev.ratelimit.testservers.TcpProxy;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists of counters on one server: which, how many, until when. */
class ListingIT {

    private static final Instant START = Instant.parse("2100-01-01T00:00:00Z");
    private static final Instant EXPIRES = START.plus(Duration.ofHours(1));

    private static RedisServer server;
    private static TcpProxy proxy;
    private RedisQuotaStore store;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        proxy = TcpProxy.to(server.port());
    }

    @AfterAll
    static void stop() {
        proxy.close();
        server.close();
    }

    @BeforeEach
    void connect() {
        server.call("FLUSHALL");
        store = store("shop");
    }

    @AfterEach
    void close() {
        proxy.forward();
        store.close();
    }

    @Test
    void a_listed_counter_expires_when_the_counter_does() {
        ask(store, acquire(counter("calls", "ada"), 3, 10));
        ListedCounter listed = list("calls", 10).get(0);
        assertThat(listed).isEqualTo(new ListedCounter(counter("calls", "ada"), 3));
        assertThat(listed.counter().expires()).isBetween(EXPIRES.minusMillis(1), EXPIRES.plusMillis(1));
        String until = server.call("HGET", "{shop:ada}/calls/1mo." + START.getEpochSecond(), "e");
        ask(store, new Operation.Adjust(listed.counter(), -1, null));
        assertThat(server.call("HGET", "{shop:ada}/calls/1mo." + START.getEpochSecond(), "e"))
                .as("to reset what was listed lengthens no life")
                .isEqualTo(until);
    }

    @Test
    void characters_that_are_wildcards_elsewhere_are_themselves() {
        String[] keys = {"*", "?", "[a]", "[^a]", "a_b", "a%b", "\\*", "a/b", "}/calls/1", "{x}", "a b", "\u20ac"};
        for (String key : keys) {
            ask(store, acquire(counter("a_b.c-d", key), 1, 10));
        }
        for (String other : List.of("aXb.c-d", "a_bXc-d", "xa_b.c-d", "a_b.c-dx", "a_b.c-d.e")) {
            ask(store, acquire(counter(other, "ada"), 9, 10));
        }
        assertThat(list("a_b.c-d", 100))
                .extracting(ListedCounter::counter)
                .containsExactlyInAnyOrderElementsOf(List.of(keys).stream()
                        .map(key -> counter("a_b.c-d", key))
                        .toList());
    }

    @Test
    void counters_of_another_namespace_are_not_listed() {
        try (RedisQuotaStore like = store("sh_p");
                RedisQuotaStore longer = store("shop.s")) {
            ask(like, acquire(counter("calls", "ada"), 5, 10));
            ask(longer, acquire(counter("calls", "ada"), 6, 10));
            ask(store, acquire(counter("calls", "bob"), 7, 10));
            assertThat(list("calls", 10)).containsExactly(new ListedCounter(counter("calls", "bob"), 7));
            assertThat(like.list(query("calls", 10), Deadline.after(LONG)))
                    .containsExactly(new ListedCounter(counter("calls", "ada"), 5));
        }
    }

    @Test
    void what_is_no_counter_is_skipped() {
        String window = "/calls/1mo." + START.getEpochSecond();
        server.call("SET", "{shop:text}" + window, "7");
        server.call("HSET", "{shop:empty}" + window, "x", "1");
        server.call("HSET", "{shop:letters}" + window, "u", "many", "e", "later");
        server.call("HSET", "{shop:huge}" + window, "u", "9223372036854775808", "e", "1");
        server.call("HSET", "{shop:early}" + window, "u", "7", "e", "1");
        server.call("HSET", "{shop:ada}/calls/1mo.0" + START.getEpochSecond(), "u", "7", "e", "1");
        server.call("HSET", "{shop:ada}/calls/1mo.99999999999999999", "u", "7", "e", "1");
        server.call("HSET", "{shop:a b}" + window, "u", "7", "e", "1");
        server.call("HSET", "{shop:}" + window, "u", "7", "e", "1");
        server.call("HSET", "{shop:a}/calls/}" + window, "u", "7", "e", "1");
        server.call("SADD", "other", "1");
        ask(store, acquire(counter("calls", "ada"), 1, 10));
        assertThat(list("calls", 10)).containsExactly(new ListedCounter(counter("calls", "ada"), 1));
    }

    @Test
    void of_many_counters_a_few_that_show_most() {
        fill(10_000);
        assertThat(list("calls", 3))
                .containsExactly(
                        new ListedCounter(counter("calls", "k9999"), 10_000),
                        new ListedCounter(counter("calls", "k9998"), 9_999),
                        new ListedCounter(counter("calls", "k9997"), 9_998));
        assertThat(list("calls", 10_000)).hasSize(10_000).doesNotHaveDuplicates();
    }

    @Test
    void other_calls_go_on_meanwhile() throws InterruptedException {
        fill(10_000);
        AtomicInteger lists = new AtomicInteger();
        Thread lister = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    list("calls", 10);
                    lists.incrementAndGet();
                } catch (StoreException interrupted) {
                    return;
                }
            }
        });
        lister.start();
        int granted = 0;
        while (lists.get() < 2) {
            granted += (int) ask(store, acquire(counter("mails", "ada"), 1, Long.MAX_VALUE))
                    .granted();
        }
        lister.interrupt();
        lister.join();
        assertThat(granted).as("calls during two lists").isGreaterThan(10);
    }

    @Test
    void a_deadline_ends_it() {
        fill(2_000);
        proxy.delay(Duration.ofMillis(100));
        // At least five steps of at least 100 ms.
        assertNotListed(() -> store.list(query("calls", 10), Deadline.after(Duration.ofMillis(250))))
                .hasMessageContaining("by the deadline");
        proxy.forward();
        assertThat(list("calls", 10)).hasSize(10);
    }

    @Test
    void a_server_that_does_not_answer_is_left_at_the_deadline() {
        proxy.blackHole();
        assertNotListed(() -> store.list(query("calls", 10), Deadline.after(Duration.ofMillis(100))))
                .hasMessageContaining("127.0.0.1:" + proxy.port())
                .hasMessageContaining("by the deadline");
    }

    @Test
    void a_connection_that_is_lost_ends_it_and_the_next_call_works() throws InterruptedException {
        fill(2_000);
        proxy.delay(Duration.ofMillis(200));
        Thread cutter = new Thread(() -> {
            try {
                Thread.sleep(300);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            proxy.disconnect();
        });
        cutter.start();
        assertNotListed(() -> store.list(query("calls", 10), Deadline.after(Duration.ofMinutes(1))));
        cutter.join();
        proxy.forward();
        assertThat(eventually(() -> list("calls", 10))).hasSize(10);
    }

    @Test
    void a_closed_store_and_a_deadline_that_has_passed() {
        Deadline passed = Deadline.after(Duration.ofNanos(1));
        assertNotListed(() -> store.list(query("calls", 10), passed)).hasMessageContaining("had passed");
        store.close();
        assertNotListed(() -> store.list(query("calls", 10), Deadline.after(LONG)))
                .hasMessage("the store is closed");
    }

    private static AbstractThrowableAssert<?, ?> assertNotListed(ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED));
    }

    private static List<ListedCounter> eventually(Supplier<List<ListedCounter>> list) throws InterruptedException {
        for (int i = 0; ; i++) {
            try {
                return list.get();
            } catch (StoreException e) {
                if (i == 100) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    private void fill(int count) {
        List<Operation> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.add(acquire(counter("calls", "k" + i), i + 1, Long.MAX_VALUE));
            if (batch.size() == 200 || i == count - 1) {
                store.apply(batch, Deadline.after(LONG));
                batch.clear();
            }
        }
    }

    private List<ListedCounter> list(String quota, int max) {
        return store.list(query(quota, max), Deadline.after(Duration.ofSeconds(30)));
    }

    private static CounterQuery query(String quota, int max) {
        return new CounterQuery(quota, "1mo", START, START.plusSeconds(1), max);
    }

    private static Counter counter(String quota, String key) {
        return Counter.window(quota, "1mo", START, EXPIRES).of(key);
    }

    private static RedisQuotaStore store(String namespace) {
        return RedisQuotaStore.builder(RedisURI.create("127.0.0.1", proxy.port()))
                .namespace(namespace)
                .build();
    }
}
