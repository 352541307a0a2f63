package dev.ratelimit.core.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Tiers;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A policy that takes the place of another binds what is left of a blackout that has begun. */
class BlackoutChangeTest {

    private static final String KEY = "key";
    private static final Duration HOUR = Duration.ofHours(1);

    private static final Policy NONE = Policy.of("p", Rate.perSecond(10));

    /** A limiter, and how its policy is replaced: that of the key binds when this has returned. */
    private interface Changing {
        Limiter<String> limiter();

        ManualTime time();

        void change(Policy policy);
    }

    private record Updated(Limiter<String> limiter, ManualTime time) implements Changing {
        @Override
        public void change(Policy policy) {
            limiter.update(policy);
        }

        @Override
        public String toString() {
            return "one policy";
        }
    }

    private record Resolved(Limiter<String> limiter, ManualTime time, Map<String, Policy> directory)
            implements Changing {
        @Override
        public void change(Policy policy) {
            directory.put(KEY, policy);
            // The answer of before has just aged.
            time.advance(Duration.ofMillis(1));
            assertThat(limiter.policy(KEY)).isEqualTo(policy);
        }

        @Override
        public String toString() {
            return "tiers";
        }
    }

    static Stream<Changing> changing() {
        ManualTime one = new ManualTime();
        ManualTime shared = new ManualTime();
        ManualTime tiered = new ManualTime();
        Map<String, Policy> directory = new HashMap<>(Map.of(KEY, NONE.blackout(HOUR)));
        return Stream.of(
                new Updated(
                        Limiters.builder(NONE.blackout(HOUR)).timeSource(one).build(), one),
                new Updated(
                        Limiters.builder(NONE.blackout(HOUR))
                                .clusterShare(ClusterShare.fixed(2))
                                .timeSource(shared)
                                .build(),
                        shared),
                new Resolved(
                        Limiters.builder(Tiers.of(
                                                (String key) -> directory.getOrDefault(key, Policy.unlimited()),
                                                Policy.blocked())
                                        .maxAge(Duration.ofMillis(1)))
                                .timeSource(tiered)
                                .build(),
                        tiered,
                        directory));
    }

    private static void shutOut(Limiter<String> limiter) {
        while (limiter.tryAcquire(KEY)) {
            // Until it is one too many.
        }
        assertThat(limiter.decide(KEY).reason()).isEqualTo(Decision.Reason.BLACKOUT);
    }

    @ParameterizedTest
    @MethodSource("changing")
    void oneThatIsShorterNowLastsNoLongerThanThatFromTheChangeOn(Changing changing) {
        Limiter<String> limiter = changing.limiter();
        shutOut(limiter);
        changing.time().advance(Duration.ofMinutes(10));
        changing.change(NONE.blackout(Duration.ofSeconds(5)));
        assertThat(limiter.decide(KEY).retryAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(limiter.snapshot(KEY).blackout()).isEqualTo(Duration.ofSeconds(5));
        changing.time().advance(Duration.ofSeconds(5).minusNanos(1));
        assertThat(limiter.decide(KEY).reason()).isEqualTo(Decision.Reason.BLACKOUT);
        changing.time().advanceNanos(1);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("changing")
    void ofOneThatIsShorterNowLessMayBeLeft(Changing changing) {
        Limiter<String> limiter = changing.limiter();
        shutOut(limiter);
        changing.time().advance(HOUR.minusSeconds(3));
        changing.change(NONE.blackout(Duration.ofSeconds(5)));
        assertThat(limiter.decide(KEY).retryAfter()).isBetween(Duration.ofMillis(2_999), Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @MethodSource("changing")
    void oneThatIsLongerNowIsNotProlonged(Changing changing) {
        Limiter<String> limiter = changing.limiter();
        shutOut(limiter);
        changing.change(NONE.blackout(HOUR.multipliedBy(3)));
        assertThat(limiter.decide(KEY).retryAfter()).isBetween(HOUR.minusMillis(1), HOUR);
        changing.time().advance(HOUR);
        shutOut(limiter);
        assertThat(limiter.decide(KEY).retryAfter()).isEqualTo(HOUR.multipliedBy(3));
    }

    @ParameterizedTest
    @MethodSource("changing")
    void aPolicyWithoutOneEndsItForGood(Changing changing) {
        Limiter<String> limiter = changing.limiter();
        shutOut(limiter);
        changing.time().advance(Duration.ofMinutes(1));
        changing.change(NONE);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        changing.change(NONE.blackout(HOUR));
        assertThat(limiter.snapshot(KEY).blackout()).isZero();
        assertThat(limiter.tryAcquire(KEY))
                .as("the rest of before is not revived")
                .isTrue();
        shutOut(limiter);
        assertThat(limiter.decide(KEY).retryAfter()).isEqualTo(HOUR);
    }

    @ParameterizedTest
    @MethodSource("changing")
    void aPolicyWithoutOneEndsItAlsoIfTheKeyIsNotAskedForMeanwhile(Changing changing) {
        Limiter<String> limiter = changing.limiter();
        shutOut(limiter);
        changing.time().advance(Duration.ofMinutes(1));
        changing.change(Policy.unlimited());
        changing.change(NONE.blackout(HOUR.multipliedBy(2)));
        assertThat(limiter.tryAcquire(KEY)).isTrue();
    }
}
