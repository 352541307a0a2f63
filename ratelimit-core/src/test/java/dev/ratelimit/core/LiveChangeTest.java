package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A policy that takes the place of another binds on the next call; what is owed and reserved stays, in permits. */
class LiveChangeTest {

    private static final String KEY = "key";

    private final ManualTime time = new ManualTime(77);

    private Limiter<String> limiter(Policy policy) {
        return Limiters.builder(policy).timeSource(time).build();
    }

    @Test
    void whatIsUsedStaysUsed() {
        Limiter<String> limiter = limiter(Policy.of("slow", Rate.perSecond(10)));
        assertThat(limiter.tryAcquire(KEY, 10)).isTrue();
        limiter.update(Policy.of("fast", Rate.perSecond(1000).burst(10)));
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        assertThat(limiter.policy(KEY).name()).isEqualTo("fast");
    }

    @Test
    void theNewRateRefillsFromTheChangeOnAlsoKeysThatNobodyAsksFor() {
        Limiter<String> limiter = limiter(Policy.of("fast", Rate.perSecond(1000)));
        assertThat(limiter.tryAcquire(KEY, 1000)).isTrue();
        limiter.update(Policy.of("slow", Rate.perSecond(1).burst(1000)));
        time.advance(Duration.ofMillis(999));
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        assertThat(limiter.tryAcquire(KEY)).isFalse();
    }

    @Test
    void ratesAreTakenOverInTheirOrder() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(10), Rate.perHour(60)));
        assertThat(limiter.tryAcquire(KEY, 10)).isTrue();
        limiter.update(Policy.of("q", Rate.perSecond(20), Rate.perHour(30).burst(60), Rate.perDay(100)));
        assertThat(limiter.snapshot(KEY).budgets())
                .extracting(dev.ratelimit.Snapshot.Budget::debt)
                .containsExactly(10L, 10L, 0L);
    }

    @Test
    void reservationsKeepTheirPlaceInTheQueue() {
        Limiter<String> limiter =
                limiter(Policy.of("slow", Rate.perSecond(5).burst(2)).shape(Duration.ofMinutes(1)));
        limiter.reserve(KEY, 2);
        Reservation reserved = limiter.reserve(KEY, 2);
        assertThat(reserved.decision().delay()).isEqualTo(Duration.ofMillis(400));
        time.advance(Duration.ofMillis(200));
        limiter.update(Policy.of("fast", Rate.perSecond(10).burst(2)).shape(Duration.ofMinutes(1)));
        assertThat(limiter.reserve(KEY, 1).decision().delay()).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void aSmallerCapacityBindsAtOnce() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(10)));
        assertThat(limiter.tryAcquire(KEY, 8)).isTrue();
        limiter.update(Policy.of("p", Rate.perSecond(10).burst(5)));
        Decision refused = limiter.decide(KEY);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(400));
        assertThat(limiter.decide(KEY, 6).reason()).isEqualTo(Decision.Reason.EXCEEDS_CAPACITY);
    }

    @Test
    void thereAndBackLosesNothingAndGivesNothing() {
        Policy three = Policy.of("three", Rate.perSecond(3));
        Policy seven = Policy.of("seven", Rate.perSecond(7).burst(3));
        Limiter<String> limiter = limiter(three);
        limiter.tryAcquire(KEY, 3);
        for (int i = 0; i < 1000; i++) {
            limiter.update(seven);
            assertThat(limiter.tryAcquire(KEY)).isFalse();
            limiter.update(three);
            assertThat(limiter.tryAcquire(KEY)).isFalse();
        }
        time.advance(Duration.ofSeconds(1));
        assertThat(limiter.peek(KEY).remaining()).isEqualTo(3);
    }

    @Test
    void unlimitedAndBlockedAndBack() {
        Policy limited = Policy.of("limited", Rate.perSecond(1));
        Limiter<String> limiter = limiter(limited);
        limiter.tryAcquire(KEY);
        limiter.update(Policy.unlimited());
        for (int i = 0; i < 100; i++) {
            assertThat(limiter.decide(KEY, 1_000_000).allowed()).isTrue();
        }
        assertThat(limiter.decide(KEY).rate()).isEmpty();
        limiter.update(Policy.blocked());
        Decision blocked = limiter.decide(KEY);
        assertThat(blocked.reason()).isEqualTo(Decision.Reason.BLOCKED);
        assertThat(blocked.retryAfter()).isEqualTo(Decision.NEVER);
        assertThat(blocked.policy()).isEqualTo("blocked");
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        assertThat(limiter.peek(KEY)).hasToString(blocked.toString());
        limiter.update(limited);
        assertThat(limiter.tryAcquire(KEY)).as("still in debt").isFalse();
    }

    @Test
    @SuppressWarnings("NullAway")
    void aPolicyThatCannotBeKeptChangesNothing() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(10)));
        limiter.tryAcquire(KEY, 10);
        assertThatThrownBy(() -> limiter.update(Policy.of("q", Rate.perDay(1).burst(500))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> limiter.update(null)).isInstanceOf(NullPointerException.class);
        assertThat(limiter.policy(KEY).name()).isEqualTo("p");
        assertThat(limiter.tryAcquire(KEY)).isFalse();
    }

    @Test
    void debtsThatWouldTakeLongerThanCanBeKeptTrackOfAreCut() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(1_000_000)));
        limiter.tryAcquire(KEY, 1_000_000);
        limiter.update(Policy.of("q", Rate.perDay(1)));
        Decision refused = limiter.decide(KEY);
        assertThat(refused.retryAfter()).isBetween(Duration.ofDays(400), Duration.ofDays(420));
        time.advance(refused.retryAfter().minusNanos(1));
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        time.advanceNanos(1);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
    }

    /** More rates in a row than a cell can name: those that nobody uses any more make room. */
    @Test
    void anyNumberOfChangesInTheCourseOfTime() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(1)));
        for (int permits = 2; permits <= 300; permits++) {
            Policy next = Policy.of("p", Rate.of(permits, Duration.ofSeconds(1).plusNanos(permits)));
            updateOnceOthersAreCollected(limiter, next);
            assertThat(limiter.tryAcquire(KEY, permits)).isTrue();
            assertThat(limiter.tryAcquire(KEY)).isFalse();
            time.advance(Duration.ofSeconds(2));
        }
    }

    private static void updateOnceOthersAreCollected(Limiter<String> limiter, Policy policy) {
        for (int tries = 0; tries < 50; tries++) {
            try {
                limiter.update(policy);
                return;
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("different rates are in force");
                System.gc();
            }
        }
        throw new AssertionError("no number was given up");
    }
}
