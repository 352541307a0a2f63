package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.internal.keys.KeyHash;
import dev.ratelimit.core.internal.limit.OnePolicy;
import dev.ratelimit.core.internal.limit.PolicyLimiter;
import dev.ratelimit.core.internal.queue.WaitingRoom;
import dev.ratelimit.testing.ManualTime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Where one rate decides alone, the keyed limiter is not asked; where more is to be looked at, it is each time. */
class SingleCellTest {

    private static final String KEY = "the only one";
    private static final Policy ONE_RATE = Policy.of("one", Rate.perSecond(10));

    private static final SingleCell.Others NOBODY = new SingleCell.Others() {
        @Override
        public boolean areThere() {
            return false;
        }

        @Override
        public void giveBack(long permits) {}
    };

    private final ManualTime time = new ManualTime();
    private final CellTable table = new CellTable(9, WhenSaturated.DENY, time);
    private final OnePolicy<Object> policies = new OnePolicy<>(ONE_RATE, table);
    private final KeyHash hash = new KeyHash(new SplittableRandom(5));
    private int asked;

    private SingleCell limiter() {
        Limiter<Object> keyed = new PolicyLimiter<>(
                policies, table, hash, Function.identity(), time, new WaitingRoom(10, 10), 9, null, null);
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
        return new SingleCell(counted, KEY, CellTable.fingerprint(hash.of(KEY)), table, time, policies::alone, NOBODY);
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
