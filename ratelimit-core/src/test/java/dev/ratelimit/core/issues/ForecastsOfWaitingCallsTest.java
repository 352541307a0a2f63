package dev.ratelimit.core.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Decision.Reason;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What callers are told of their waits is true, also beside reservations, changes and full queues. */
class ForecastsOfWaitingCallsTest {

    private static final String KEY = "key";

    private final ManualTime time = new ManualTime();

    private static Policy shaping(Rate rate, Duration maxDelay) {
        return Policy.of("policy", rate).shape(maxDelay);
    }

    private Limiter<String> limiter(Policy policy) {
        return Limiters.builder(policy).timeSource(time).build();
    }

    @Test
    void reservationsDepartInTheirOrderAlsoAfterARefund() {
        Limiter<String> limiter = limiter(shaping(Rate.perSecond(1).burst(6), Duration.ofSeconds(60)));
        limiter.tryAcquire(KEY, 6);
        Reservation first = limiter.reserve(KEY, 3);
        assertThat(first.dueNanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
        limiter.refund(KEY, 6);

        Reservation second = limiter.reserve(KEY, 4);

        assertThat(second.dueNanos() - first.dueNanos()).isNotNegative();
        time.advance(Duration.ofSeconds(4));
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(6);
    }

    @Test
    void aSlowerPolicyRefusesCallsThatReservationsMakeTooLate() {
        Limiter<String> limiter = limiter(shaping(Rate.perSecond(1).burst(1), Duration.ofSeconds(2)));
        limiter.tryAcquire(KEY);
        limiter.reserve(KEY, 1);
        CompletableFuture<Decision> waiting = limiter.acquireAsync(KEY).toCompletableFuture();
        assertThat(waiting).isNotDone();

        limiter.update(shaping(Rate.of(1, Duration.ofSeconds(2)).burst(1), Duration.ofSeconds(2)));

        assertThat(waiting).as("its turn would be after 4 s").isDone();
        assertThat(waiting.join().reason()).isEqualTo(Reason.OVER_LIMIT);
    }

    @Test
    void aRefusalTellsWhenACallWithThisMuchPatienceMayComeAgain() {
        Limiter<String> limiter = limiter(shaping(Rate.perSecond(1).burst(1), Duration.ofSeconds(2)));
        for (int i = 0; i < 3; i++) {
            limiter.acquireAsync(KEY);
        }
        Duration patience = Duration.ofMillis(200);
        Decision refusal =
                limiter.acquireAsync(KEY, 1, patience).toCompletableFuture().join();

        time.advance(refusal.retryAfter().minusNanos(1));
        assertThat(limiter.acquireAsync(KEY, 1, patience)
                        .toCompletableFuture()
                        .join()
                        .allowed())
                .isFalse();
        time.advance(Duration.ofNanos(1));
        CompletableFuture<Decision> again =
                limiter.acquireAsync(KEY, 1, patience).toCompletableFuture();
        time.advance(patience);
        assertThat(again.join().allowed()).isTrue();
    }

    @Test
    void noCallWaitsLongerThanItAcceptsWhereRatesStartApart() {
        Limiter<String> limiter = limiter(Policy.of(
                        "policy",
                        Rate.perSecond(2).burst(10).initially(0),
                        Rate.perSecond(1).burst(12))
                .shape(Duration.ofSeconds(60)));
        limiter.acquireAsync(KEY, 1);
        limiter.acquireAsync(KEY, 10);
        Duration accepted = Duration.ofSeconds(11);
        CompletableFuture<Decision> call =
                limiter.acquireAsync(KEY, 10, accepted).toCompletableFuture();

        time.advance(accepted.plusMillis(10));

        assertThat(call).isDone();
    }

    @Test
    void aFullQueueOfALimiterWithoutAKeyBeginsNoBlackout() {
        SingleLimiter limiter = Limiters.singleBuilder(shaping(Rate.perSecond(1).burst(1), Duration.ofSeconds(60))
                        .blackout(Duration.ofSeconds(30)))
                .maxWaiters(1)
                .timeSource(time)
                .build();
        limiter.tryAcquire();
        limiter.acquireAsync();
        assertThat(limiter.acquireAsync().toCompletableFuture().join().reason()).isEqualTo(Reason.TOO_MANY_WAITING);

        assertThat(limiter.peek().reason()).isEqualTo(Reason.OVER_LIMIT);
    }
}
