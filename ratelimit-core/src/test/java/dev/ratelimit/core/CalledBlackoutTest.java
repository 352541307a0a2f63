package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Decision.Reason;
import dev.ratelimit.Lease;
import dev.ratelimit.Limit;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.Statistics;
import dev.ratelimit.Tiers;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A blackout that the application calls for. */
class CalledBlackoutTest {

    private static final String KEY = "key";
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Policy TEN = Policy.of("p", Rate.perSecond(10));

    private final ManualTime time = new ManualTime();

    private Limiter<String> limiter(Policy policy) {
        return Limiters.builder(policy).maxKeys(1000).timeSource(time).build();
    }

    private static void assertDark(Decision decision, Duration retryAfter) {
        assertThat(decision.reason()).isEqualTo(Reason.BLACKOUT);
        assertThat(decision.allowed()).isFalse();
        assertThat(decision.retryAfter()).isEqualTo(retryAfter);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refusesTheKeyForTheTimeAndNoOther(boolean isUnlimited) {
        Limiter<String> limiter = limiter(isUnlimited ? Policy.unlimited() : TEN);
        limiter.blackout(KEY, SECOND);
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        assertDark(limiter.decide(KEY), SECOND);
        assertDark(limiter.peek(KEY), SECOND);
        assertThat(limiter.decide(KEY).policy()).isEqualTo(limiter.policy(KEY).name());
        assertThat(limiter.snapshot(KEY).blackout()).isEqualTo(SECOND);
        assertThat(limiter.tryEnter(KEY).decision().reason()).isEqualTo(Reason.BLACKOUT);
        assertThat(limiter.reserve(KEY, 1).decision().reason()).isEqualTo(Reason.BLACKOUT);
        assertThat(limiter.acquireAsync(KEY).toCompletableFuture().join().reason())
                .isEqualTo(Reason.BLACKOUT);
        assertThat(limiter.tryAcquire("other")).isTrue();
        time.advanceNanos(999_999_999);
        assertDark(limiter.decide(KEY), Duration.ofNanos(1));
        time.advanceNanos(1);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        assertThat(limiter.snapshot(KEY).blackout()).isZero();
    }

    @Test
    void withoutARateTheAnswerSaysSo() {
        Limiter<String> limiter = limiter(Policy.unlimited());
        limiter.blackout(KEY, SECOND);
        assertThat(limiter.decide(KEY)).hasToString("refused (blackout), retry after PT1S");
        assertThat(limiter.decide(KEY).rate()).isEmpty();
        assertThat(limiter.decide(KEY).retryAfterSeconds()).hasValue(1);
    }

    @Test
    void comingBackAfterThatTimeHelpsAlsoWhereTheBudgetIsEmpty() {
        Limiter<String> limiter = limiter(TEN);
        assertThat(limiter.tryAcquire(KEY, 10)).isTrue();
        limiter.blackout(KEY, Duration.ofMillis(150));
        assertDark(limiter.decide(KEY, 1), Duration.ofMillis(150));
        assertDark(limiter.decide(KEY, 5), Duration.ofMillis(500));
        time.advance(Duration.ofMillis(500));
        assertThat(limiter.tryAcquire(KEY, 5)).isTrue();
    }

    @Test
    void whatIsRefusedForEverStaysSo() {
        Limiter<String> limiter = limiter(TEN);
        limiter.blackout(KEY, SECOND);
        assertThat(limiter.decide(KEY, 11).reason()).isEqualTo(Reason.EXCEEDS_CAPACITY);
        Limiter<String> blocked = limiter(Policy.blocked());
        blocked.blackout(KEY, SECOND);
        assertThat(blocked.decide(KEY).reason()).isEqualTo(Reason.BLOCKED);
    }

    @Test
    void isNeverShortenedByAShorterOne() {
        Limiter<String> limiter = limiter(TEN);
        limiter.blackout(KEY, SECOND);
        limiter.blackout(KEY, Duration.ofMillis(1));
        assertDark(limiter.decide(KEY), SECOND);
        limiter.blackout(KEY, Policy.MAX_DURATION);
        assertDark(limiter.decide(KEY), Policy.MAX_DURATION);
        time.advance(Policy.MAX_DURATION.minusNanos(1));
        assertDark(limiter.decide(KEY), Duration.ofNanos(1));
        time.advanceNanos(1);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
    }

    @Test
    void zeroEndsItAlsoThePolicysOwnAndSoDoesReset() {
        Limiter<String> limiter = limiter(TEN.blackout(Duration.ofMinutes(1)));
        limiter.blackout(KEY, Duration.ZERO);
        assertThat(limiter.tryAcquire(KEY, 10)).isTrue();
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        limiter.blackout(KEY, SECOND);
        time.advance(SECOND);
        assertDark(limiter.decide(KEY), Duration.ofSeconds(59));
        limiter.blackout(KEY, Duration.ZERO);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        limiter.blackout(KEY, SECOND);
        limiter.blackout(KEY, Duration.ZERO);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        limiter.blackout(KEY, SECOND);
        limiter.reset(KEY);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
    }

    @Test
    void aRefusalInItBeginsNoBlackoutOfThePolicy() {
        Limiter<String> limiter = limiter(TEN.blackout(Duration.ofMinutes(1)));
        limiter.blackout(KEY, SECOND);
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        assertDark(limiter.decide(KEY, 10), SECOND);
        time.advance(SECOND);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
    }

    @Test
    void aChangeOfPolicyLeavesItAsItIs() {
        Limiter<String> limiter = limiter(TEN.blackout(Duration.ofMillis(1)));
        limiter.blackout(KEY, SECOND);
        limiter.update(TEN);
        assertDark(limiter.decide(KEY), SECOND);
        limiter.update(Policy.unlimited());
        assertDark(limiter.decide(KEY), SECOND);
        limiter.update(Policy.of("p", Rate.perSecond(7), Rate.perHour(70)));
        assertDark(limiter.decide(KEY), SECOND);
    }

    @Test
    void liftingOneLeavesOthers() {
        Limiter<String> limiter = limiter(TEN);
        limiter.blackout("year", Duration.ofDays(365));
        limiter.blackout("hour", Duration.ofHours(1));
        limiter.blackout("year", Duration.ZERO);
        assertDark(limiter.decide("hour"), Duration.ofHours(1));
        assertThat(limiter.tryAcquire("year")).isTrue();
        time.advance(Duration.ofHours(2));
        assertThat(limiter.tryAcquire("hour")).isTrue();
        limiter.blackout("hour", SECOND);
        assertDark(limiter.decide("hour"), SECOND);
    }

    @Test
    void tiersAreUnderItAsWell() {
        Limiter<String> limiter = Limiters.builder(Tiers.of((String key) -> Policy.unlimited(), TEN))
                .timeSource(time)
                .build();
        limiter.blackout(KEY, Duration.ofMinutes(1));
        time.advance(Duration.ofSeconds(10));
        assertDark(limiter.decide(KEY), Duration.ofSeconds(50));
    }

    @Test
    void aLimiterWithoutAKeyHasItToo() {
        SingleLimiter limiter = Limiters.single(Rate.perSecond(10), time);
        assertThat(limiter.tryAcquire()).isTrue();
        limiter.blackout(SECOND);
        assertThat(limiter.tryAcquire()).isFalse();
        assertThat(limiter.tryAcquire(2)).isFalse();
        assertDark(limiter.decide(), SECOND);
        time.advance(SECOND);
        assertThat(limiter.tryAcquire()).isTrue();
        limiter.blackout(SECOND);
        limiter.blackout(Duration.ZERO);
        assertThat(limiter.decide().allowed()).isTrue();
    }

    @Test
    void aCompositionIsRefusedByTheLimitInABlackout() {
        Limiter<String> perUser = limiter(TEN);
        SingleLimiter node = Limiters.single(Rate.perSecond(10), time);
        Limit<String> both = Limiters.all(perUser, node.forAll("node"));
        node.blackout(SECOND);
        assertThat(both.tryAcquire(KEY)).isFalse();
        assertDark(both.decide(KEY), SECOND);
        assertThat(both.decide(KEY).policy()).isEqualTo("node");
        assertThat(perUser.peek(KEY).remaining()).isEqualTo(10);
    }

    // Calls that wait

    @Test
    void callsWaitThroughItInTheirOrder() {
        Limiter<String> limiter =
                limiter(Policy.of("p", Rate.perSecond(10).burst(2)).shape(Duration.ofSeconds(3)));
        List<String> departed = new ArrayList<>();
        limiter.blackout(KEY, SECOND);
        for (int call = 0; call < 4; call++) {
            String name = "call " + call;
            limiter.acquireAsync(KEY)
                    .thenAccept(decision ->
                            departed.add(name + " at " + time.nanos() / 1_000_000 + " ms, " + decision.allowed()));
        }
        assertThat(time.pending()).isEqualTo(4);
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        assertDark(limiter.decide(KEY), Duration.ofMillis(1300));
        time.advance(Duration.ofSeconds(2));
        assertThat(departed)
                .containsExactly(
                        "call 0 at 1000 ms, true",
                        "call 1 at 1000 ms, true",
                        "call 2 at 1100 ms, true",
                        "call 3 at 1200 ms, true");
    }

    @Test
    void callsThatWaitAlreadyStayAndThoseThatCannotAreRefusedNow() {
        Statistics statistics = new Statistics();
        Limiter<String> limiter = Limiters.builder(
                        Policy.of("p", Rate.perSecond(1)).shape(Duration.ofSeconds(10)))
                .timeSource(time)
                .listener(statistics)
                .build();
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        CompletableFuture<Decision> patient = limiter.acquireAsync(KEY).toCompletableFuture();
        CompletableFuture<Decision> hasty =
                limiter.acquireAsync(KEY, 1, Duration.ofSeconds(2)).toCompletableFuture();
        CompletableFuture<Decision> last = limiter.acquireAsync(KEY).toCompletableFuture();
        limiter.blackout(KEY, Duration.ofSeconds(5));
        // It would go at six seconds, a second after the first, and has two.
        assertDark(hasty.join(), Duration.ofSeconds(4));
        assertThat(statistics.counts("p").refused()).isEqualTo(1);
        time.advance(Duration.ofSeconds(5));
        assertThat(patient.join().delay()).isEqualTo(Duration.ofSeconds(5));
        assertThat(last).isNotDone();
        time.advance(SECOND);
        assertThat(last.join().delay()).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void acquireIsRefusedAtOnceWhereItWouldWaitForTooLong() throws InterruptedException {
        Limiter<String> limiter = limiter(TEN.shape(Duration.ofSeconds(3)).blackout(Duration.ofHours(1)));
        limiter.blackout(KEY, Duration.ofSeconds(5));
        assertThat(limiter.acquire(KEY)).isFalse();
        assertDark(limiter.acquireAsync(KEY).toCompletableFuture().join(), Duration.ofSeconds(2));
        time.advance(Duration.ofSeconds(2));
        CompletableFuture<Decision> waits = limiter.acquireAsync(KEY).toCompletableFuture();
        time.advance(Duration.ofSeconds(3));
        assertThat(waits.join().allowed()).isTrue();
    }

    @Test
    void toLiftItLetsThoseGoThatWait() {
        Limiter<String> limiter = limiter(TEN.shape(Duration.ofSeconds(30)));
        limiter.blackout(KEY, Duration.ofSeconds(20));
        CompletableFuture<Decision> waits = limiter.acquireAsync(KEY).toCompletableFuture();
        limiter.blackout(KEY, Duration.ofSeconds(10));
        assertThat(waits).isNotDone();
        limiter.blackout(KEY, Duration.ZERO);
        assertThat(waits.join().allowed()).isTrue();
        assertThat(time.pending()).isZero();
    }

    @Test
    void reservationsComeAfterItAndKeepTheirInstantsIfTheyWereThereBefore() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(1)).shape(Duration.ofSeconds(30)));
        assertThat(limiter.reserve(KEY, 1).dueNanos()).isZero();
        Reservation before = limiter.reserve(KEY, 1);
        limiter.blackout(KEY, Duration.ofSeconds(5));
        Reservation within = limiter.reserve(KEY, 1);
        assertThat(before.decision().delay()).isEqualTo(SECOND);
        assertThat(within.decision().delay()).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
        time.advance(Duration.ofSeconds(20));
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isZero();
    }

    @Test
    void aCallThatWaitsWhileThePolicyBecomesUnlimitedWaitsForTheEnd() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(1)).shape(Duration.ofSeconds(30)));
        limiter.blackout(KEY, Duration.ofSeconds(5));
        CompletableFuture<Decision> waits = limiter.acquireAsync(KEY).toCompletableFuture();
        limiter.update(Policy.unlimited());
        assertThat(waits).isNotDone();
        limiter.blackout(KEY, Duration.ofSeconds(8));
        time.advance(Duration.ofSeconds(7));
        assertThat(waits).isNotDone();
        limiter.blackout(KEY, Duration.ofSeconds(60));
        assertDark(waits.join(), Duration.ofSeconds(37));
    }

    @Test
    void aLeaseWaitsForItsPermit() {
        Limiter<String> limiter = limiter(TEN.maxConcurrent(1).shape(Duration.ofSeconds(30)));
        limiter.blackout(KEY, SECOND);
        CompletableFuture<Lease> lease =
                limiter.enterAsync(KEY, Duration.ofSeconds(5)).toCompletableFuture();
        assertThat(lease).isNotDone();
        time.advance(SECOND);
        assertThat(lease.join().allowed()).isTrue();
    }

    // Bounds

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereThereIsNoPlaceTheOneGoesThatEndsFirst(boolean isDenying) {
        Limiter<Integer> limiter = Limiters.builder(TEN)
                .maxKeys(1)
                .whenSaturated(isDenying ? WhenSaturated.DENY : WhenSaturated.EVICT)
                .timeSource(time)
                .build();
        for (int key = 1; key <= 8; key++) {
            limiter.blackout(key, Duration.ofSeconds(10 + key % 8));
        }
        assertThat(limiter.evictedInDebt()).isZero();
        limiter.blackout(9, Duration.ofSeconds(5));
        assertThat(limiter.evictedInDebt()).isEqualTo(1);
        assertThat(limiter.snapshot(8).blackout()).isZero();
        for (int key = 1; key <= 7; key++) {
            assertThat(limiter.snapshot(key).blackout()).isEqualTo(Duration.ofSeconds(10 + key));
        }
        assertThat(limiter.snapshot(9).blackout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    @SuppressWarnings("NullAway")
    void badInputIsAnErrorAndChangesNothing() {
        Limiter<String> limiter = limiter(TEN);
        assertThatThrownBy(() -> limiter.blackout(KEY, Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("duration")
                .hasMessageContaining("from 0 to 365 days");
        assertThatThrownBy(() -> limiter.blackout(KEY, Duration.ofDays(366)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> limiter.blackout(KEY, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> limiter.blackout(null, SECOND)).isInstanceOf(NullPointerException.class);
        assertThat(limiter.snapshot(KEY).blackout()).isZero();
    }
}
