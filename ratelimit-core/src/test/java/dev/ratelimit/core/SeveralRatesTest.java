package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Snapshot;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Policies of several rates, all or nothing; and the blackout that follows an excess. */
class SeveralRatesTest {

    private static final String KEY = "key";

    private final ManualTime time = new ManualTime(3);

    private Limiter<String> limiter(Policy policy) {
        return Limiters.builder(policy).timeSource(time).build();
    }

    @Test
    void threeRatesAfterTwelveIdleHours() {
        Limiter<String> limiter =
                limiter(Policy.of("p", Rate.perHour(700_000), Rate.perMinute(14_500), Rate.perSecond(300)));
        time.advance(Duration.ofHours(12));
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        assertThat(limiter.tryAcquire(KEY, 299)).isTrue();
        assertThat(limiter.tryAcquire(KEY)).isFalse();
    }

    @Test
    void whatOneRateRefusesTheOthersHaveNotGiven() {
        Rate perSecond = Rate.perSecond(2);
        Rate perHour = Rate.perHour(100);
        Limiter<String> limiter = limiter(Policy.of("p", perHour, perSecond));
        assertThat(limiter.tryAcquire(KEY, 2)).isTrue();
        for (int i = 0; i < 50; i++) {
            Decision refused = limiter.decide(KEY);
            assertThat(refused.allowed()).isFalse();
            assertThat(refused.rate()).contains(perSecond);
            assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(500));
        }
        assertThat(limiter.snapshot(KEY).budgets())
                .extracting(Snapshot.Budget::remaining)
                .containsExactly(98L, 0L);
    }

    @Test
    void theRateWithTheLongestWaitAnswers() {
        Rate perHour = Rate.perHour(2);
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(2), perHour));
        assertThat(limiter.tryAcquire(KEY, 2)).isTrue();
        Decision refused = limiter.decide(KEY);
        assertThat(refused.rate()).contains(perHour);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMinutes(30));
        time.advance(refused.retryAfter());
        assertThat(limiter.tryAcquire(KEY)).isTrue();
    }

    @Test
    void anAdmissionTellsOfTheRateOfWhichTheLeastIsLeft() {
        Rate small = Rate.perHour(5);
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(100), small, Rate.perMinute(1000)));
        Decision allowed = limiter.decide(KEY, 2);
        assertThat(allowed.rate()).contains(small);
        assertThat(allowed.remaining()).isEqualTo(3);
        assertThat(allowed.policy()).isEqualTo("p");
        assertThat(limiter.peek(KEY).remaining()).isEqualTo(3);
        assertThat(limiter.decide(KEY, 6).reason()).isEqualTo(Decision.Reason.EXCEEDS_CAPACITY);
    }

    @Test
    void refundAndResetReachAllRates() {
        Limiter<String> limiter =
                limiter(Policy.of("p", Rate.perSecond(10), Rate.perHour(10).burst(20)));
        limiter.tryAcquire(KEY, 10);
        limiter.refund(KEY, 4);
        assertThat(remaining(limiter)).containsExactly(4L, 14L);
        limiter.reset(KEY);
        assertThat(remaining(limiter)).containsExactly(10L, 20L);
    }

    @Test
    void aReservationIsDueWhenTheLastRateHasItsPermits() {
        Limiter<String> limiter = limiter(
                Policy.of("p", Rate.perSecond(10).burst(1), Rate.perMinute(60).burst(2))
                        .shape(Duration.ofMinutes(1)));
        assertThat(delays(limiter, 4)).containsExactly(0L, 100L, 1000L, 2000L);
        Rate perMinute = Rate.perMinute(60).burst(2);
        assertThat(limiter.reserve(KEY, 1).decision().rate()).contains(perMinute);
    }

    /** Once failed: what waits for one rate was forgiven by the other meanwhile. */
    @Test
    void whatWaitsForOneRateIsChargedToTheOthersWhenItDeparts() {
        Rate fast = Rate.perSecond(10).burst(1);
        Limiter<String> limiter = limiter(Policy.of("p", fast));
        limiter.tryAcquire(KEY);
        limiter.update(Policy.of("p", fast, Rate.of(1, Duration.ofMillis(700))).shape(Duration.ofMinutes(1)));
        assertThat(delays(limiter, 2)).containsExactly(100L, 800L);
    }

    @Test
    void theLatestReservationGivesBackTheWaitingToo() {
        Rate fast = Rate.perSecond(10).burst(1);
        Limiter<String> limiter = limiter(Policy.of("p", fast));
        limiter.tryAcquire(KEY);
        limiter.update(Policy.of("p", fast, Rate.of(1, Duration.ofMillis(700))).shape(Duration.ofMinutes(1)));
        assertThat(limiter.reserve(KEY, 1).cancel()).isTrue();
        assertThat(limiter.snapshot(KEY).budgets())
                .extracting(Snapshot.Budget::debt)
                .containsExactly(1L, 0L);
    }

    @Test
    void aRefusedReservationTakesNothingOfAnyRate() {
        Limiter<String> limiter = limiter(
                Policy.of("p", Rate.perSecond(10), Rate.perHour(1).burst(5)).shape(Duration.ofSeconds(5)));
        limiter.tryAcquire(KEY, 5);
        for (int i = 0; i < 100; i++) {
            assertThat(limiter.reserve(KEY, 1).allowed()).isFalse();
        }
        assertThat(remaining(limiter)).containsExactly(5L, 0L);
    }

    @Test
    void aBlackoutOutlastsTheBudget() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(10)).blackout(Duration.ofSeconds(30)));
        assertThat(limiter.tryAcquire(KEY, 10)).isTrue();
        assertThat(limiter.peek(KEY).reason()).as("to look is no excess").isEqualTo(Decision.Reason.OVER_LIMIT);
        assertThat(limiter.decide(KEY).reason()).isEqualTo(Decision.Reason.OVER_LIMIT);
        time.advance(Duration.ofSeconds(10));
        Decision blackout = limiter.decide(KEY);
        assertThat(blackout.reason()).isEqualTo(Decision.Reason.BLACKOUT);
        assertThat(blackout.retryAfter()).isEqualTo(Duration.ofSeconds(20));
        assertThat(limiter.snapshot(KEY).blackout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(limiter.tryAcquire("another")).isTrue();
        time.advance(Duration.ofSeconds(20).minusNanos(1));
        assertThat(limiter.tryAcquire(KEY))
                .as("refusals do not prolong it, nor end it")
                .isFalse();
        time.advanceNanos(1);
        assertThat(limiter.decide(KEY, 10).allowed()).isTrue();
    }

    @Test
    void aRequestAboveTheCapacityBeginsNoBlackoutAndAResetEndsOne() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(10)).blackout(Duration.ofSeconds(30)));
        assertThat(limiter.tryAcquire(KEY, 11)).isFalse();
        assertThat(limiter.tryAcquire(KEY, 10)).isTrue();
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        limiter.reset(KEY);
        assertThat(limiter.tryAcquire(KEY, 10)).isTrue();
    }

    @Test
    void aBlackoutIsNotForgottenWhileAnyOtherKeyCouldBe() {
        Limiter<Long> limiter = Limiters.builder(
                        Policy.of("p", Rate.perHour(1000)).blackout(Duration.ofDays(1)))
                .maxKeys(10)
                .timeSource(time)
                .build();
        assertThat(limiter.tryAcquire(0L, 1000)).isTrue();
        assertThat(limiter.tryAcquire(0L)).isFalse();
        for (long key = 1; key < 5_000; key++) {
            limiter.tryAcquire(key, 900);
        }
        assertThat(limiter.evictedInDebt()).isGreaterThan(4_000);
        assertThat(limiter.decide(0L).reason()).isEqualTo(Decision.Reason.BLACKOUT);
    }

    private List<Long> remaining(Limiter<String> limiter) {
        return limiter.snapshot(KEY).budgets().stream()
                .map(Snapshot.Budget::remaining)
                .toList();
    }

    private static List<Long> delays(Limiter<String> limiter, int count) {
        return java.util.stream.Stream.generate(() -> limiter.reserve(KEY, 1))
                .limit(count)
                .map(reservation -> reservation.decision().delay().toMillis())
                .toList();
    }
}
