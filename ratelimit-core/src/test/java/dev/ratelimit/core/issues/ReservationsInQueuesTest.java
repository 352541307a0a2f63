package dev.ratelimit.core.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.core.internal.limit.PolicyLimiter;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Reservations of a key for which calls wait, or others have reserved: whom they delay, and what is left of them. */
class ReservationsInQueuesTest {

    private static final String KEY = "key";

    private final ManualTime time = new ManualTime();

    private Limiter<String> limiter(Rate rate, Rate... others) {
        return Limiters.builder(Policy.of("p", rate, others).shape(Duration.ofSeconds(100)))
                .timeSource(time)
                .build();
    }

    private static int queues(Limiter<String> limiter) {
        return ((PolicyLimiter<String>) limiter).queues().get();
    }

    private static CompletableFuture<Decision> later(Limiter<String> limiter, long permits) {
        return limiter.acquireAsync(KEY, permits).toCompletableFuture();
    }

    // Cancelled, in whatever order

    @Test
    void cancelledReservationsLeaveNoQueueInWhateverOrder() {
        int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
        for (int[] order : orders) {
            for (boolean hasTwoRates : new boolean[] {false, true}) {
                Limiter<String> limiter = hasTwoRates
                        ? limiter(Rate.perSecond(1).burst(2), Rate.perMinute(50).burst(4))
                        : limiter(Rate.perSecond(1).burst(2));
                limiter.tryAcquire(KEY, 2);
                List<Reservation> reserved = new ArrayList<>();
                for (long permits = 1; permits <= 3; permits++) {
                    reserved.add(limiter.reserve(KEY, 1 + permits % 2));
                }
                for (int index : order) {
                    assertThat(reserved.get(index).cancel()).isTrue();
                }
                assertThat(queues(limiter)).isZero();
                assertThat(time.pending()).isZero();
                assertThat(limiter.reserve(KEY, 1).decision().delay()).isLessThanOrEqualTo(Duration.ofMillis(1200));
                time.advance(Duration.ofSeconds(100));
                assertThat(queues(limiter)).isZero();
            }
        }
    }

    /** No alarm rings for the second: it has to go with the third, or with the first. */
    @Test
    void aQueueGoesWhenTheLastReservationThatStandsIsDue() {
        Limiter<String> limiter = limiter(Rate.perSecond(1).burst(1));
        limiter.tryAcquire(KEY);
        limiter.reserve(KEY, 1);
        Reservation second = limiter.reserve(KEY, 1);
        Reservation third = limiter.reserve(KEY, 1);
        second.cancel();
        third.cancel();
        time.advance(Duration.ofSeconds(1));
        assertThat(queues(limiter)).isZero();
        assertThat(time.pending()).isZero();
    }

    @Test
    void theLatestIsGoneAsIfItHadNeverBeenAlsoWithAnEarlierOne() {
        Limiter<String> limiter = limiter(Rate.perSecond(1).burst(2));
        limiter.tryAcquire(KEY, 2);
        limiter.reserve(KEY, 2);
        Reservation second = limiter.reserve(KEY, 1);
        Reservation third = limiter.reserve(KEY, 2);
        second.cancel();
        third.cancel();
        assertThat(limiter.reserve(KEY, 1).decision().delay()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void aCallThatWaitsBetweenReservationsCountsOnceWhenTheLatterIsCancelled() {
        Limiter<String> limiter = limiter(Rate.perSecond(1).burst(2));
        limiter.tryAcquire(KEY, 2);
        limiter.reserve(KEY, 2);
        CompletableFuture<Decision> waits = later(limiter, 1);
        Reservation latest = limiter.reserve(KEY, 1);
        assertThat(latest.decision().delay()).isEqualTo(Duration.ofSeconds(4));
        latest.cancel();
        Reservation again = limiter.reserve(KEY, 1);
        assertThat(again.decision().delay()).isEqualTo(Duration.ofSeconds(4));
        again.cancel();
        waits.cancel(true);
        assertThat(limiter.reserve(KEY, 1).decision().delay()).isEqualTo(Duration.ofSeconds(3));
    }

    // Behind those that wait

    @Test
    void aReservationIsBehindCallsThatDepartAtWholeNanoseconds() {
        Limiter<String> limiter = limiter(Rate.perSecond(3).burst(1));
        limiter.tryAcquire(KEY);
        CompletableFuture<Decision> first = later(limiter, 1);
        CompletableFuture<Decision> second = later(limiter, 1);
        Reservation reservation = limiter.reserve(KEY, 1);
        assertThat(reservation.decision().delayNanos()).isBetween(1_000_000_002L, 1_000_000_003L);
        time.advance(Duration.ofSeconds(5));
        assertThat(first.join().delayNanos()).isEqualTo(333_333_334);
        assertThat(second.join().delayNanos()).isEqualTo(666_666_668);
    }

    @Test
    void aReservationAfterARefundIsBehindTheCallsThatWaitBetweenReservations() {
        Limiter<String> limiter = limiter(Rate.perSecond(1).burst(6));
        limiter.tryAcquire(KEY, 6);
        time.advance(Duration.ofSeconds(2));
        assertThat(limiter.reserve(KEY, 6).decision().delay()).isEqualTo(Duration.ofSeconds(4));
        CompletableFuture<Decision> waits = later(limiter, 6);
        assertThat(limiter.reserve(KEY, 5).decision().delay()).isEqualTo(Duration.ofSeconds(15));
        time.advance(Duration.ofSeconds(3));
        limiter.refund(KEY, 6);
        assertThat(limiter.reserve(KEY, 3).allowed()).isTrue();
        time.advance(Duration.ofSeconds(60));
        assertThat(waits.join().delay()).isLessThanOrEqualTo(Duration.ofSeconds(10));
    }
}
