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
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testservers.RedisServer;
import dev.ratelimit.testservers.TcpProxy;
import dev.ratelimit.testservers.Waiting;
import io.lettuce.core.RedisURI;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A network that fails: what is said of it is true, in time, and nothing counts twice. */
class FaultsIT {

    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LATENESS = Duration.ofMillis(50);

    private static RedisServer server;
    private static TcpProxy proxy;
    private static RedisQuotaStore store;
    private static RedisQuotaStore straight;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        proxy = TcpProxy.to(server.port());
        store = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", proxy.port()));
        straight = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", server.port()));
    }

    @AfterAll
    static void stop() {
        store.close();
        straight.close();
        proxy.close();
        server.close();
    }

    @BeforeEach
    void heal() {
        proxy.forward();
        awaitWorking();
    }

    @Test
    void a_retry_after_a_lost_reply_counts_once() {
        Counter counter = counter("lost-reply");
        Operation operation = acquire(counter, 5, 5, 100, 1);
        proxy.dropReplies();
        assertThat(failed(attempt(store, operation, SHORT), Certainty.INDETERMINATE))
                .isTrue();
        proxy.forward();
        awaitWorking();
        assertThat(ask(store, operation)).isEqualTo(new Counted(5, 5));
        assertThat(used(straight, counter)).isEqualTo(5);
    }

    /** The twin of the above: without an id, the check above would fail. */
    @Test
    void without_an_id_it_counts_twice() {
        Counter counter = counter("lost-reply-without-id");
        proxy.dropReplies();
        attempt(store, acquire(counter, 5, 100), SHORT);
        proxy.forward();
        awaitWorking();
        assertThat(ask(store, acquire(counter, 5, 100))).isEqualTo(new Counted(5, 10));
    }

    @Test
    void a_black_hole_is_left_by_the_deadline() {
        Counter counter = counter("black-hole");
        proxy.blackHole();
        List<Long> late = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            long began = System.nanoTime();
            Outcome outcome = attempt(store, acquire(counter, 1, 100), SHORT);
            late.add(System.nanoTime() - began - SHORT.toNanos());
            assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        }
        // A machine that is busy may be late itself; two of ten are left to it.
        assertThat(late.stream().filter(nanos -> nanos > LATENESS.toNanos()))
                .as("too late, of these, in ns: %s", late)
                .hasSizeLessThanOrEqualTo(2);
        assertThat(used(straight, counter)).isZero();
    }

    /** Found out by the silence: nobody closes the connection. */
    @Test
    void a_connection_that_stays_silent_is_given_up() {
        proxy.blackHole();
        attempt(store, acquire(counter("silent"), 1, 100), SHORT);
        assertThat(Waiting.until(
                        Duration.ofSeconds(5),
                        () -> failed(attempt(store, acquire(counter("silent"), 1, 100), SHORT), Certainty.NOT_APPLIED)))
                .isTrue();
    }

    @Test
    void while_cut_off_nothing_is_sent_and_it_is_said_at_once() {
        Counter counter = counter("cut");
        proxy.cut();
        assertThat(Waiting.until(
                        LONG, () -> failed(attempt(store, acquire(counter, 1, 100), LONG), Certainty.NOT_APPLIED)))
                .isTrue();
        long before = used(straight, counter);
        long began = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            assertThat(failed(attempt(store, acquire(counter, 1, 100), LONG), Certainty.NOT_APPLIED))
                    .isTrue();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LONG);
        proxy.forward();
        awaitWorking();
        assertThat(used(straight, counter)).isEqualTo(before);
    }

    @Test
    void what_was_given_up_unsent_never_begins() {
        Counter counter = counter("given-up");
        ScriptCommand command = ScriptCommand.byText(CounterRequests.of(acquire(counter, 1, 100), new Keys("x")));
        assertThat(command.giveUp()).isTrue();
        ByteBuf buffer = Unpooled.buffer();
        command.encode(buffer);
        assertThat(buffer.toString(StandardCharsets.US_ASCII)).isEqualTo("*1\r\n$4\r\nPING\r\n");

        ScriptCommand sent = ScriptCommand.byText(CounterRequests.of(acquire(counter, 1, 100), new Keys("x")));
        sent.encode(buffer);
        assertThat(sent.giveUp()).isFalse();
    }

    /** Callers who never retry, while connections end, replies are lost and requests swallowed. */
    @Test
    void what_is_said_adds_up() throws InterruptedException {
        Counter counter = counter("adds-up");
        CountingCallers callers = new CountingCallers(store, counter, 4, Duration.ofMillis(40));
        callers.start();
        for (int i = 0; i < 8; i++) {
            Thread.sleep(150);
            switch (i % 4) {
                case 0 -> proxy.disconnect();
                case 1 -> proxy.dropReplies();
                case 2 -> proxy.cut();
                default -> proxy.blackHole();
            }
            Thread.sleep(60);
            proxy.forward();
        }
        callers.stop();
        awaitWorking();
        assertThat(callers.granted()).isPositive();
        assertThat(callers.indeterminate()).isPositive();
        assertThat(used(straight, counter)).isBetween(callers.granted(), callers.granted() + callers.indeterminate());
    }

    @Test
    void a_batch_is_answered_in_order_though_the_script_is_gone() {
        Counter counter = counter("batch");
        Counter other = counter("batch-other");
        server.call("SCRIPT", "FLUSH");
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            operations.add(i % 10 == 9 ? acquire(other, 1, 100) : acquire(counter, 1, 100));
        }
        List<Outcome> outcomes = store.apply(operations, Deadline.after(LONG));
        assertThat(outcomes).hasSize(100);
        assertThat(LongStream.range(0, 100).filter(i -> i % 10 != 9).boxed())
                .allSatisfy(i -> assertThat(outcomes.get(i.intValue())).isEqualTo(new Counted(1, i - i / 10 + 1)));
        server.call("SCRIPT", "FLUSH");
        assertThat(ask(store, acquire(counter, 1, 100))).isEqualTo(new Counted(1, 91));
    }

    private static void awaitWorking() {
        assertThat(Waiting.until(
                        LONG,
                        () -> attempt(store, new Operation.Read(counter("working")), Duration.ofMillis(200))
                                instanceof Counted))
                .isTrue();
    }
}
