package dev.ratelimit.redis;

import static dev.ratelimit.redis.Asking.LONG;
import static dev.ratelimit.redis.Asking.acquire;
import static dev.ratelimit.redis.Asking.ask;
import static dev.ratelimit.redis.Asking.attempt;
import static dev.ratelimit.redis.Asking.counter;
import static dev.ratelimit.redis.Asking.failed;
import static dev.ratelimit.redis.Asking.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.testservers.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.AsyncCommand;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server refuses is known not to be counted; what was given up before it was sent is not begun. */
class CertaintyIT {

    private RedisServer server;
    private RedisQuotaStore store;

    @BeforeEach
    void start() {
        server = RedisServer.start();
        store = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", server.port()));
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    @Test
    void a_server_without_memory_refuses_what_would_write_and_denies_what_is_denied() {
        Counter counter = counter("no-memory");
        ask(store, acquire(counter, 7, 10));
        server.call("CONFIG", "SET", "maxmemory", "1");
        assertThat(failed(attempt(store, acquire(counter, 1, 10), LONG), Certainty.NOT_APPLIED))
                .isTrue();
        assertThat(ask(store, acquire(counter, 4, 10))).isEqualTo(new Counted(0, 7));
        server.call("CONFIG", "SET", "maxmemory", "0");
        assertThat(used(store, counter)).isEqualTo(7);
    }

    @Test
    void a_server_that_has_become_a_replica_refuses() {
        Counter counter = counter("read-only");
        ask(store, acquire(counter, 7, 10));
        server.call("REPLICAOF", "127.0.0.1", "1");
        assertThat(failed(attempt(store, acquire(counter, 1, 10), LONG), Certainty.NOT_APPLIED))
                .isTrue();
        server.call("REPLICAOF", "NO", "ONE");
        assertThat(used(store, counter)).isEqualTo(7);
    }

    @Test
    void a_key_that_is_no_counter_is_left_alone() {
        Counter counter = counter("foreign");
        server.call("SET", new Keys("ratelimit").of(counter), "something else");
        assertThat(failed(attempt(store, acquire(counter, 1, 10), LONG), Certainty.NOT_APPLIED))
                .isTrue();
    }

    /** A script that stops for another reason may have written. */
    @Test
    void any_other_error_leaves_it_open() {
        Counter counter = counter("broken");
        server.call("HSET", new Keys("ratelimit").of(counter), "u", "no number");
        assertThat(failed(attempt(store, acquire(counter, 1, 10), LONG), Certainty.INDETERMINATE))
                .isTrue();
    }

    @Test
    void an_interrupt_ends_the_wait_and_stays() throws InterruptedException {
        server.call("CLIENT", "PAUSE", "1000");
        Thread.currentThread().interrupt();
        long began = System.nanoTime();
        assertThat(attempt(store, acquire(counter("interrupted"), 1, 10), LONG)).isNotInstanceOf(Counted.class);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void a_command_that_was_given_up_is_not_done_and_the_next_gets_its_own_answer()
            throws InterruptedException, ExecutionException, TimeoutException {
        Counter counter = counter("given-up");
        Request<Outcome> request = CounterRequests.of(acquire(counter, 3, 10), new Keys("ratelimit"));
        RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", server.port()));
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            ScriptCommand command = ScriptCommand.byText(request);
            assertThat(command.giveUp()).isTrue();
            AsyncCommand<String, String, List<String>> givenUp = new AsyncCommand<>(command);
            AsyncCommand<String, String, List<String>> next = new AsyncCommand<>(ScriptCommand.byText(request));
            connection.dispatch(List.of(givenUp, next));
            assertThat(next.get(5, TimeUnit.SECONDS)).containsExactly("3", "3");
            assertThat(givenUp.get(5, TimeUnit.SECONDS)).containsExactly("PONG");
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
        assertThat(used(store, counter)).isEqualTo(3);
    }
}
