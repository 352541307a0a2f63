package dev.ratelimit.core.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.core.UsedHeap;
import dev.ratelimit.testing.ManualTime;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten million distinct keys through a table of 100,000, ten million a second: the heap does not grow. */
class FloodIT {

    private static final long KEYS = 10_000_000;
    private static final long NANOS_BETWEEN = 100;
    private static final long NOTHING = 2_000_000;

    @ParameterizedTest
    @EnumSource(WhenSaturated.class)
    void theHeapDoesNotGrow(WhenSaturated whenSaturated) {
        ManualTime time = new ManualTime();
        Limiter<Object> limiter = Limiters.builder(Rate.perSecond(10))
                .maxKeys(100_000)
                .whenSaturated(whenSaturated)
                .timeSource(time)
                .build();
        long atStart = UsedHeap.bytes();
        for (long i = 0; i < KEYS; i++) {
            limiter.tryAcquire(i);
            time.advanceNanos(NANOS_BETWEEN);
        }
        assertThat(UsedHeap.bytes() - atStart).isLessThan(NOTHING);
        assertThat(limiter.decide("heavy")).isNotNull();
    }

    @Test
    void aTwinThatRemembersItsKeysIsCaught() {
        Set<Object> keys = new HashSet<>();
        long atStart = UsedHeap.bytes();
        for (long i = 0; i < 100_000; i++) {
            keys.add(i);
        }
        assertThat(UsedHeap.bytes() - atStart).isGreaterThan(NOTHING);
        assertThat(keys).hasSize(100_000);
    }
}
