package dev.ratelimit.redis;

import static dev.ratelimit.redis.Asking.ask;
import static dev.ratelimit.redis.Asking.counter;
import static dev.ratelimit.redis.Asking.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.testservers.RedisServer;
import io.lettuce.core.RedisURI;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Amounts of any size are exact, though the server's scripts calculate with doubles. */
class ExactNumbersIT {

    private static final long DOUBLE = 1L << 53;
    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private static RedisServer server;
    private static RedisQuotaStore store;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        store = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", server.port()));
    }

    @AfterAll
    static void stop() {
        store.close();
        server.close();
    }

    @Test
    void around_two_to_the_53() {
        Counter counter = counter("around-53");
        assertThat(acquire(counter, DOUBLE, DOUBLE, DOUBLE + 3)).isEqualTo(new Counted(DOUBLE, DOUBLE));
        assertThat(acquire(counter, 1, 1, DOUBLE + 3)).isEqualTo(new Counted(1, DOUBLE + 1));
        assertThat(acquire(counter, 1, 1, DOUBLE + 1)).isEqualTo(new Counted(0, DOUBLE + 1));
        assertThat(acquire(counter, 5, 1, DOUBLE + 3)).isEqualTo(new Counted(2, DOUBLE + 3));
        assertThat(acquire(counter, 1, 1, DOUBLE + 3)).isEqualTo(new Counted(0, DOUBLE + 3));
        assertThat(adjust(counter, -1)).isEqualTo(new Counted(0, DOUBLE + 2));
    }

    @Test
    void up_to_the_most() {
        Counter counter = counter("most");
        assertThat(acquire(counter, Long.MAX_VALUE - 1, 1, Long.MAX_VALUE))
                .isEqualTo(new Counted(Long.MAX_VALUE - 1, Long.MAX_VALUE - 1));
        assertThat(acquire(counter, 2, 2, Long.MAX_VALUE)).isEqualTo(new Counted(0, Long.MAX_VALUE - 1));
        assertThat(acquire(counter, Long.MAX_VALUE, 1, Long.MAX_VALUE)).isEqualTo(new Counted(1, Long.MAX_VALUE));
        assertThat(adjust(counter, Long.MAX_VALUE)).isEqualTo(new Counted(0, Long.MAX_VALUE));
        assertThat(adjust(counter, -Long.MAX_VALUE + 1)).isEqualTo(new Counted(0, 1));
        assertThat(adjust(counter, Long.MIN_VALUE)).isEqualTo(new Counted(0, 0));
    }

    @Test
    void random_histories_give_what_integers_of_any_size_give() {
        long seed = 20_261_123;
        Random random = new Random(seed);
        for (int history = 0; history < 40; history++) {
            Counter counter = counter("history-" + history);
            BigInteger used = BigInteger.ZERO;
            for (int step = 0; step < 40; step++) {
                String at = "seed " + seed + ", history " + history + ", step " + step;
                if (random.nextInt(3) == 0) {
                    long delta = random.nextBoolean() ? amount(random) : -amount(random);
                    used = used.add(BigInteger.valueOf(delta))
                            .max(BigInteger.ZERO)
                            .min(MAX);
                    assertThat(adjust(counter, delta)).as(at).isEqualTo(new Counted(0, used.longValueExact()));
                } else {
                    long want = amount(random);
                    long min = random.nextBoolean() ? want : Math.min(want, amount(random));
                    long limit = amount(random);
                    BigInteger room = BigInteger.valueOf(limit).subtract(used);
                    BigInteger grant = room.min(BigInteger.valueOf(want));
                    BigInteger granted = grant.compareTo(BigInteger.valueOf(min)) >= 0 ? grant : BigInteger.ZERO;
                    used = used.add(granted);
                    assertThat(acquire(counter, want, min, limit))
                            .as(at)
                            .isEqualTo(new Counted(granted.longValueExact(), used.longValueExact()));
                }
            }
            assertThat(used(store, counter)).isEqualTo(used.longValueExact());
        }
    }

    /** What the scripts must not do: the check above would catch it. */
    @Test
    void a_script_that_calculates_with_doubles_would_be_wrong() {
        String wrong = server.call(
                "EVAL",
                "return string.format('%.0f', tonumber(ARGV[1]) + tonumber(ARGV[2]))",
                "0",
                String.valueOf(DOUBLE),
                "1");
        assertThat(wrong).isNotEqualTo(String.valueOf(DOUBLE + 1));
    }

    /** Near a power of two or of ten, where carries are; any size. At least 1. */
    private static long amount(Random random) {
        long base = switch (random.nextInt(4)) {
            case 0 -> DOUBLE;
            case 1 -> Long.MAX_VALUE - 20;
            case 2 -> 1_000_000_000L;
            default -> 1L << random.nextInt(62);
        };
        return Math.max(1, base + random.nextInt(41) - 20);
    }

    private static Counted acquire(Counter counter, long want, long min, long limit) {
        return ask(store, new Operation.Acquire(counter, want, min, limit, null));
    }

    private static Counted adjust(Counter counter, long delta) {
        return ask(store, new Operation.Adjust(counter, delta, null));
    }
}
