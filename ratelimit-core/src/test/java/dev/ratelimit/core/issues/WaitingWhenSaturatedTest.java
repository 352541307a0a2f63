package dev.ratelimit.core.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Statistics;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Calls that wait while new keys take all places, which none of them can have back under {@code DENY}. */
@SuppressWarnings("FutureReturnValueIgnored")
class WaitingWhenSaturatedTest {

    private static final Duration MAX_WAIT = Duration.ofMillis(1200);

    private final ManualTime time = new ManualTime();
    private final Statistics statistics = new Statistics();
    private final Limiter<String> limiter = Limiters.builder(
                    Policy.of("p", Rate.perSecond(1).burst(1)).shape(Duration.ofMillis(1500)))
            .timeSource(time)
            .maxKeys(10)
            .whenSaturated(WhenSaturated.DENY)
            .listener(statistics)
            .build();
    private int newKeys;

    private void flood() {
        for (int i = 0; i < 200; i++) {
            limiter.tryAcquire("new" + newKeys++);
        }
    }

    private CompletableFuture<Decision> waitsUntilItsKeyIsOutOfDebt() {
        limiter.tryAcquire("key");
        time.advance(Duration.ofMillis(1));
        flood();
        return limiter.acquireAsync("key", 1, MAX_WAIT).toCompletableFuture();
    }

    /** The flood comes first in each millisecond, as it may on a real clock. */
    private void floodInEachMillisecond(int from, int to) {
        for (int millis = from; millis < to; millis++) {
            time.schedule(millis * 1_000_000L, this::flood);
        }
    }

    @Test
    void aCallWhosePlaceIsTakenWaitsForNoLongerThanItWasAllowed() {
        floodInEachMillisecond(1000, 3000);
        CompletableFuture<Decision> waits = waitsUntilItsKeyIsOutOfDebt();
        List<Long> ends = new ArrayList<>();
        waits.thenRun(() -> ends.add(time.nanos()));
        time.advance(Duration.ofSeconds(10));
        assertThat(waits.join().reason()).isEqualTo(Decision.Reason.SATURATED);
        assertThat(ends).singleElement().matches(end -> end <= 1_201_000_000L);
        assertThat(statistics.counts("p").refusedBy()).containsKey(Decision.Reason.SATURATED);
        assertThat(time.pending()).isZero();
    }

    @Test
    void itGoesIfAPlaceIsFreeInTime() {
        floodInEachMillisecond(1000, 1001);
        CompletableFuture<Decision> waits = waitsUntilItsKeyIsOutOfDebt();
        time.advance(Duration.ofSeconds(10));
        assertThat(waits.join().allowed()).isTrue();
        assertThat(waits.join().delay()).isEqualTo(Duration.ofSeconds(1));
    }
}
