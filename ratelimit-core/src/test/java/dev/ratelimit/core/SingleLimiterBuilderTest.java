package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Decision;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.Statistics;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What each setting of a limiter without a key does; bad settings are {@link BadInputTest}'s. */
class SingleLimiterBuilderTest {

    private static final Policy SHAPED = Policy.of("p", Rate.perSecond(10)).shape(Duration.ofSeconds(5));

    private final ManualTime time = new ManualTime();
    private int live = 2;

    private SingleLimiterBuilder builder(Policy policy) {
        return Limiters.singleBuilder(policy).timeSource(time);
    }

    /** Nothing is ever forgotten to make room: there is a cell for all that a policy can have. */
    @Test
    void thereIsRoomForTheLargestPolicy() {
        Rate[] more = new Rate[Policy.MAX_RATES - 1];
        Arrays.setAll(more, i -> Rate.of(20 + i, Duration.ofMinutes(1 + i)));
        SingleLimiter limiter = builder(
                        Policy.of("all", Rate.perSecond(10), more).blackout(Duration.ofSeconds(5)))
                .build();
        assertThat(limiter.tryAcquire(10)).isTrue();
        assertThat(limiter.decide().reason()).isEqualTo(Decision.Reason.OVER_LIMIT);
        assertThat(limiter.snapshot().budgets()).allMatch(budget -> budget.debt() == 10);
        assertThat(limiter.snapshot().blackout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void waitingCallsAreBounded() {
        SingleLimiter limiter = builder(SHAPED).maxWaiters(1).build();
        limiter.tryAcquire(10);
        assertThat(limiter.acquireAsync().toCompletableFuture()).isNotDone();
        assertThat(limiter.acquireAsync().toCompletableFuture().join().reason())
                .isEqualTo(Decision.Reason.TOO_MANY_WAITING);
    }

    @Test
    void limitersOfOneBuilderShareNothing() {
        SingleLimiterBuilder builder = builder(SHAPED);
        SingleLimiter first = builder.build();
        SingleLimiter second = builder.build();
        assertThat(first.tryAcquire(10)).isTrue();
        assertThat(second.tryAcquire(10)).isTrue();
    }

    @Test
    void aShareFollowsTheNumberOfNodes() {
        SingleLimiter limiter = builder(Policy.of("p", Rate.perSecond(12)))
                .clusterShare(ClusterShare.of(() -> live, 2).every(Duration.ofSeconds(1)))
                .build();
        assertThat(limiter.peek().remaining()).isEqualTo(6);
        live = 3;
        time.advance(Duration.ofSeconds(1));
        assertThat(limiter.tryAcquire(5)).isFalse();
        assertThat(limiter.tryAcquire(4)).isTrue();
    }

    @Test
    void aShareThatCannotBeKeptIsAnErrorOfTheBuilder() {
        SingleLimiterBuilder builder = builder(Policy.of("slow", Rate.of(1, Duration.ofDays(30))));
        assertThatThrownBy(() -> builder.clusterShare(ClusterShare.fixed(20)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the initial number of nodes must be at most 13, ");
        assertThat(builder.clusterShare(ClusterShare.fixed(13)).build().tryAcquire())
                .isTrue();
    }

    @Test
    void aListenerHearsOfEachDecision() {
        Statistics statistics = new Statistics();
        SingleLimiter limiter = builder(SHAPED).listener(statistics).build();
        for (int i = 0; i < 15; i++) {
            limiter.tryAcquire();
        }
        assertThat(statistics.counts("p").allowed()).isEqualTo(10);
        assertThat(statistics.counts("p").refused()).isEqualTo(5);
    }
}
