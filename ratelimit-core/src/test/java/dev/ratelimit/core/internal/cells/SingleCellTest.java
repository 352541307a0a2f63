package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.internal.limit.OnePolicy;
import dev.ratelimit.core.internal.limit.PolicyLimiter;
import dev.ratelimit.core.internal.queue.WaiterBounds;
import dev.ratelimit.runtime.keys.KeyHash;
import dev.ratelimit.testing.ManualTime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where one rate decides alone, the keyed limiter is not asked; where more is to be looked at, it is each time. */
class SingleCellTest {

    private static final Policy ONE_RATE = Policy.of("one", Rate.perSecond(10));

    private final ManualTime time = new ManualTime();
    private final CellTable table = new CellTable(9, WhenSaturated.DENY, time);
    private final OnePolicy<Object> policies = new OnePolicy<>(ONE_RATE, table);
    private final KeyHash hash = new KeyHash(new SplittableRandom(5));
    private final String key = key(true);
    private int asked;

    private String key(boolean its) {
        return IntStream.range(0, 10_000)
                .mapToObj(Integer::toString)
                .filter(key -> SingleCell.isItsKey(fingerprint(key)) == its)
                .findFirst()
                .orElseThrow();
    }

    private long fingerprint(String key) {
        return CellTable.fingerprint(hash.of(key));
    }

    private Limiter<Object> keyed() {
        return new PolicyLimiter<>(
                policies, table, hash, Function.identity(), time, new WaiterBounds(10, 10), 9, null, null);
    }

    private SingleCell limiter() {
        Limiter<Object> keyed = keyed();
        @SuppressWarnings("unchecked")
        Limiter<Object> counted = (Limiter<Object>) Proxy.newProxyInstance(
                SingleCellTest.class.getClassLoader(), new Class<?>[] {Limiter.class}, (proxy, method, arguments) -> {
                    asked += method.getName().matches("tryAcquire|decide") ? 1 : 0;
                    try {
                        return method.invoke(keyed, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return limiter(counted, key);
    }

    private SingleCell limiter(Limiter<Object> keyed, String key) {
        AtomicInteger noQueues = new AtomicInteger();
        return new SingleCell(keyed, key, fingerprint(key), table, time, policies::alone, noQueues, permits -> {});
    }

    @Test
    void aKeyWhoseCellIsElsewhereIsRefused() {
        assertThatThrownBy(() -> limiter(keyed(), key(false)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not in the first place");
    }

    @Test
    void theShortWayIsTakenOnceTheCellIsThere() {
        SingleCell limiter = limiter();
        assertThat(limiter.tryAcquire()).isTrue();
        assertThat(asked).as("nothing is there at first").isEqualTo(1);
        for (int i = 0; i < 100; i++) {
            assertThat(limiter.tryAcquire(3)).isEqualTo(i < 3);
        }
        assertThat(limiter.tryAcquire()).isFalse();
        assertThat(limiter.decide().allowed()).isFalse();
        assertThat(asked).isEqualTo(1);
        time.advance(Duration.ofDays(1));
        asked = 0;
        assertThat(limiter.tryAcquire()).isTrue();
        assertThat(asked).as("the horizon has to move").isEqualTo(1);
        assertThat(limiter.decide(9).allowed()).isTrue();
        assertThat(limiter.tryAcquire()).isFalse();
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void itIsClosedWhereMoreIsToBeLookedAtAndOpenAfterwards() {
        SingleCell limiter = limiter();
        assertThat(limiter.tryAcquire()).isTrue();
        limiter.update(Policy.of("two", Rate.perSecond(10), Rate.perMinute(15)));
        asked = 0;
        assertThat(limiter.tryAcquire(8)).isTrue();
        assertThat(limiter.decide(2).allowed()).isFalse();
        assertThat(asked).isEqualTo(2);
        limiter.update(ONE_RATE.blackout(Duration.ofSeconds(1)));
        assertThat(limiter.tryAcquire(2)).isFalse();
        assertThat(asked).isEqualTo(3);
        limiter.update(Policy.of("seven", Rate.perSecond(7).burst(12)));
        assertThat(limiter.tryAcquire(2)).isTrue();
        assertThat(limiter.tryAcquire(2)).isFalse();
        assertThat(asked).as("the change has converted the cell").isEqualTo(3);
        limiter.reset();
        assertThat(limiter.tryAcquire(12)).isTrue();
        assertThat(asked).as("the cell is free").isEqualTo(4);
    }

    @Test
    void aChangeThatFailsLeavesTheShortWayOpen() {
        SingleCell limiter = limiter();
        assertThat(limiter.tryAcquire()).isTrue();
        asked = 0;
        try {
            limiter.update(Policy.of("slow", Rate.perDay(1).burst(500)));
        } catch (IllegalArgumentException e) {
            assertThat(limiter.tryAcquire(9)).isTrue();
            assertThat(limiter.tryAcquire()).isFalse();
        }
        assertThat(asked).isZero();
        assertThat(limiter.peek().remaining()).isZero();
    }
}
