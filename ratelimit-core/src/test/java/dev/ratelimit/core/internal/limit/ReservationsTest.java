package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Permits reserved ahead of time: when they are due, and what a cancelled reservation gives back. */
class ReservationsTest {

    private static final String KEY = "key";

    private final ManualTime time = new ManualTime(-5_000_000);

    private Limiter<String> tenPerSecond(long capacity, Duration maxDelay) {
        Rate rate = Rate.perSecond(10).burst(capacity);
        return Limiters.builder(Policy.of("p", rate).shape(maxDelay))
                .timeSource(time)
                .build();
    }

    private Limiter<String> tenPerSecond(long capacity) {
        return tenPerSecond(capacity, Duration.ofHours(1));
    }

    private long dueMillis(Reservation reservation) {
        assertThat(reservation.allowed()).isTrue();
        assertThat(reservation.dueNanos() - time.nanos())
                .isEqualTo(reservation.decision().delayNanos());
        return (reservation.dueNanos() + 5_000_000) / 1_000_000;
    }

    private void at(long millis) {
        time.set(millis * 1_000_000 - 5_000_000);
    }

    @Test
    void reservationsAreDueInTheirOrder() {
        Limiter<String> limiter = tenPerSecond(2);
        assertThat(dueMillis(limiter.reserve(KEY, 2))).isEqualTo(0);
        assertThat(dueMillis(limiter.reserve(KEY, 2))).isEqualTo(200);
        at(300);
        assertThat(dueMillis(limiter.reserve(KEY, 2))).isEqualTo(400);
    }

    @Test
    void whatIsReservedIsNotThereForOthers() {
        Limiter<String> limiter = tenPerSecond(2);
        Reservation never = limiter.reserve(KEY, 3);
        assertThat(never.allowed()).isFalse();
        assertThat(never.decision().reason()).isEqualTo(Decision.Reason.EXCEEDS_CAPACITY);
        assertThat(dueMillis(limiter.reserve(KEY, 2))).isEqualTo(0);
        at(100);
        assertThat(limiter.tryAcquire(KEY, 2)).isFalse();
        assertThat(dueMillis(limiter.reserve(KEY, 2))).isEqualTo(200);
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        at(300);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
    }

    @Test
    void aHopelessWaitIsRefusedAtOnceAndTakesNothing() {
        Limiter<String> limiter = tenPerSecond(2, Duration.ofMillis(100));
        assertThat(dueMillis(limiter.reserve(KEY, 2))).isEqualTo(0);
        assertThat(dueMillis(limiter.reserve(KEY, 1))).isEqualTo(100);
        Reservation refused = limiter.reserve(KEY, 1);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.decision().reason()).isEqualTo(Decision.Reason.OVER_LIMIT);
        assertThat(refused.decision().retryAfter()).isEqualTo(Duration.ofMillis(100));
        assertThat(refused.cancel()).isFalse();
        at(100);
        assertThat(dueMillis(limiter.reserve(KEY, 1))).isEqualTo(200);
    }

    @Test
    void aThrottlingPolicyReservesOnlyWhatIsThere() {
        Limiter<String> limiter = tenPerSecond(2, Duration.ZERO);
        assertThat(limiter.reserve(KEY, 2).allowed()).isTrue();
        assertThat(limiter.reserve(KEY, 1).allowed()).isFalse();
    }

    @Test
    void whatWasReservedLaterIsNotGivenBack() {
        Limiter<String> limiter = tenPerSecond(2);
        limiter.reserve(KEY, 2);
        Reservation first = limiter.reserve(KEY, 2);
        assertThat(dueMillis(first)).isEqualTo(200);
        assertThat(dueMillis(limiter.reserve(KEY, 1))).isEqualTo(300);
        at(200);
        assertThat(first.cancel()).isTrue();
        assertThat(dueMillis(limiter.reserve(KEY, 2))).isEqualTo(400);
    }

    @Test
    void theLatestReservationIsGivenBackWholeAndOnce() {
        Limiter<String> limiter = tenPerSecond(2);
        limiter.reserve(KEY, 2);
        Reservation latest = limiter.reserve(KEY, 2);
        assertThat(latest.cancel()).isTrue();
        assertThat(latest.cancel()).isFalse();
        assertThat(dueMillis(limiter.reserve(KEY, 2))).isEqualTo(200);
    }

    @Test
    void cancelledFromTheBackAllIsAsIfItHadNeverBeen() {
        Limiter<String> limiter = tenPerSecond(2);
        limiter.reserve(KEY, 2);
        Reservation first = limiter.reserve(KEY, 2);
        Reservation second = limiter.reserve(KEY, 1);
        second.cancel();
        first.cancel();
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(2);
    }

    @Test
    void nothingIsGivenBackAfterAReset() {
        Limiter<String> limiter = tenPerSecond(2);
        limiter.reserve(KEY, 2);
        Reservation reservation = limiter.reserve(KEY, 2);
        limiter.reset(KEY);
        assertThat(limiter.tryAcquire(KEY, 2)).isTrue();
        reservation.cancel();
        assertThat(limiter.tryAcquire(KEY)).isFalse();
    }

    @Test
    void nothingIsGivenBackToAnotherOwnerOfThePlace() {
        Limiter<Long> limiter = Limiters.builder(
                        Policy.of("p", Rate.perSecond(10).burst(2)).shape(Duration.ofHours(1)))
                .maxKeys(1)
                .timeSource(time)
                .build();
        Reservation reservation = limiter.reserve(1L, 1);
        // One set: the first key is forgotten for keys that owe more.
        for (long key = 2; key <= 9; key++) {
            assertThat(limiter.tryAcquire(key, 2)).isTrue();
        }
        assertThat(limiter.evictedInDebt()).isEqualTo(1);
        reservation.cancel();
        for (long key = 2; key <= 9; key++) {
            assertThat(limiter.tryAcquire(key)).isFalse();
        }
    }

    @Test
    void nothingIsGivenBackTwiceWhereTimeHasDoneIt() {
        Limiter<String> limiter = tenPerSecond(2);
        limiter.reserve(KEY, 2);
        Reservation reservation = limiter.reserve(KEY, 2);
        at(1000);
        reservation.cancel();
        assertThat(limiter.tryAcquire(KEY, 2)).isTrue();
        assertThat(limiter.tryAcquire(KEY)).isFalse();
    }

    @Test
    void whatOneCancellationGaveBackTheNextDoesNotGiveAgain() {
        Limiter<String> limiter = tenPerSecond(5);
        limiter.reserve(KEY, 5);
        Reservation first = limiter.reserve(KEY, 4);
        Reservation second = limiter.reserve(KEY, 2);
        first.cancel();
        limiter.reserve(KEY, 2);
        // Two were taken since, and two given back: the position is the same.
        second.cancel();
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(5 + 4 + 2 - 2 + 2);
    }

    @Test
    void ofSeveralRatesOnlyTheLatestIsGivenBack() {
        Limiter<String> limiter = Limiters.builder(
                        Policy.of("p", Rate.perSecond(10).burst(2), Rate.perMinute(60))
                                .shape(Duration.ofHours(1)))
                .timeSource(time)
                .build();
        limiter.reserve(KEY, 2);
        Reservation first = limiter.reserve(KEY, 2);
        Reservation latest = limiter.reserve(KEY, 1);
        first.cancel();
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(5);
        latest.cancel();
        // Nobody counts on the first any more either.
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(2);
    }
}
