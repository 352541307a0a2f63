package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Decision.Reason;
import dev.ratelimit.Limit;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.ShadowLimit;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.Statistics;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Permits that are charged for work that was done already. */
class ChargeTest {

    private static final String KEY = "key";
    private static final Policy TEN = Policy.of("p", Rate.perSecond(10));

    private final ManualTime time = new ManualTime();

    private Limiter<String> limiter(Policy policy) {
        return Limiters.builder(policy).maxKeys(1000).timeSource(time).build();
    }

    private static long debt(Limiter<String> limiter, int rate) {
        return limiter.snapshot(KEY).budgets().get(rate).debt();
    }

    @Test
    void goesIntoDebtBeyondTheCapacityAndRefusesUntilThatIsRegained() {
        Limiter<String> limiter = limiter(TEN);
        assertThat(limiter.charge(KEY, 25)).isEqualTo(25);
        assertThat(debt(limiter, 0)).isEqualTo(25);
        Decision refused = limiter.decide(KEY);
        assertThat(refused.reason()).isEqualTo(Reason.OVER_LIMIT);
        assertThat(refused.remaining()).isZero();
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(1600));
        time.advanceNanos(1_599_999_999);
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        time.advanceNanos(1);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        assertThat(limiter.tryAcquire("other", 10)).isTrue();
    }

    @Test
    void chargesAllRates() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(10), Rate.perHour(100)));
        assertThat(limiter.charge(KEY, 150)).isEqualTo(150);
        assertThat(debt(limiter, 0)).isEqualTo(150);
        assertThat(debt(limiter, 1)).isEqualTo(150);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10/s", "14500/min", "999983/s"})
    void sayWhereADebtHasNoRoomForMoreAndHowMuchThatIs(String text) {
        Rate rate = Rate.parse(text);
        Limiter<String> limiter = limiter(Policy.of("p", rate));
        long charged = limiter.charge(KEY, Long.MAX_VALUE);
        assertThat(charged).isGreaterThan(rate.capacity()).isLessThan(Long.MAX_VALUE);
        assertThat(debt(limiter, 0)).isBetween(charged, charged + 1);
        assertThat(limiter.charge(KEY, 1)).isZero();
        assertThat(limiter.decide(KEY).reason()).isEqualTo(Reason.OVER_LIMIT);
        Limiter<String> inParts = limiter(Policy.of("p", rate));
        assertThat(inParts.charge(KEY, charged - 5)).isEqualTo(charged - 5);
        assertThat(inParts.charge(KEY, 10)).isEqualTo(5);
        // All of it is regained at the rate, and not a nanosecond before.
        time.advance(limiter.snapshot(KEY).budgets().get(0).fullAfter());
        assertThat(limiter.tryAcquire(KEY, rate.capacity())).isTrue();
    }

    @Test
    void nothingIsOwedWhereNoRateIsLimited() {
        assertThat(limiter(Policy.unlimited()).charge(KEY, 5)).isEqualTo(5);
        assertThat(limiter(Policy.blocked()).charge(KEY, 5)).isEqualTo(5);
    }

    @Test
    void aFullTableThatDeniesHasNoPlaceForTheDebt() {
        Limiter<Integer> limiter = Limiters.builder(TEN)
                .maxKeys(1)
                .whenSaturated(WhenSaturated.DENY)
                .timeSource(time)
                .build();
        for (int key = 0; key < 8; key++) {
            assertThat(limiter.charge(key, 20)).isEqualTo(20);
        }
        assertThat(limiter.charge(8, 20)).isZero();
    }

    @Test
    void staysOwedAfterAChangeOfPolicyAndResetEndsIt() {
        Limiter<String> limiter = limiter(TEN);
        limiter.charge(KEY, 25);
        limiter.update(Policy.of("p", Rate.perSecond(5)));
        assertThat(limiter.decide(KEY).retryAfter()).isEqualTo(Duration.ofMillis(4200));
        limiter.reset(KEY);
        assertThat(limiter.tryAcquire(KEY, 5)).isTrue();
    }

    @Test
    void beginsNoBlackoutAndIsNoDecision() {
        Statistics statistics = new Statistics();
        Limiter<String> limiter = Limiters.builder(TEN.blackout(Duration.ofHours(1)))
                .timeSource(time)
                .listener(statistics)
                .build();
        limiter.charge(KEY, 15);
        assertThat(limiter.snapshot(KEY).blackout()).isZero();
        assertThat(statistics.byPolicy()).isEmpty();
    }

    @Test
    void callsThatWaitMoveBackAndThoseThatCannotAreRefusedNow() {
        Limiter<String> limiter =
                limiter(Policy.of("p", Rate.perSecond(10).burst(1)).shape(Duration.ofSeconds(2)));
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        CompletableFuture<Decision> first = limiter.acquireAsync(KEY).toCompletableFuture();
        CompletableFuture<Decision> hasty =
                limiter.acquireAsync(KEY, 1, Duration.ofMillis(300)).toCompletableFuture();
        limiter.charge(KEY, 5);
        assertThat(hasty.join().reason()).isEqualTo(Reason.OVER_LIMIT);
        time.advance(Duration.ofMillis(599));
        assertThat(first).isNotDone();
        time.advance(Duration.ofMillis(1));
        assertThat(first.join().delay()).isEqualTo(Duration.ofMillis(600));
    }

    @Test
    void aLimiterWithoutAKeyHasItToo() {
        SingleLimiter limiter = Limiters.single(Rate.perSecond(10), time);
        assertThat(limiter.charge(15)).isEqualTo(15);
        assertThat(limiter.tryAcquire()).isFalse();
        assertThat(limiter.decide().retryAfter()).isEqualTo(Duration.ofMillis(600));
    }

    @Test
    void aCompositionChargesAllItsLimitsAndNoneIfOneCannotBeAsked() {
        Limiter<String> perUser = limiter(TEN);
        SingleLimiter node = Limiters.single(Rate.perSecond(100), time);
        Limit<String> both = Limiters.all(perUser, node.forAll("node"));
        assertThat(both.charge(KEY, 30)).isEqualTo(30);
        assertThat(debt(perUser, 0)).isEqualTo(30);
        assertThat(node.peek().remaining()).isEqualTo(70);
        Limit<String> failing = Limiters.all(perUser, perUser.by((String key) -> null));
        assertThatThrownBy(() -> failing.charge(KEY, 1)).isInstanceOf(NullPointerException.class);
        assertThat(debt(perUser, 0)).isEqualTo(30);
    }

    @Test
    void aShadowLimitChargesUnlessItIsOff() {
        Limiter<String> perUser = limiter(TEN);
        ShadowLimit<String> shadow = Limiters.shadow(perUser);
        assertThat(shadow.charge(KEY, 30)).isEqualTo(30);
        shadow.off();
        assertThat(shadow.charge(KEY, 30)).isEqualTo(30);
        assertThat(debt(perUser, 0)).isEqualTo(30);
        assertThat(shadow.counts().allowed()).isZero();
        assertThat(shadow.by((Integer user) -> KEY).charge(1, 1)).isEqualTo(1);
    }

    @Test
    void badInputIsAnErrorAndChargesNothing() {
        Limiter<String> limiter = limiter(TEN);
        assertThatThrownBy(() -> limiter.charge(KEY, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> limiter.charge(KEY, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(debt(limiter, 0)).isZero();
    }

    /** Time stands still: what was charged and what was allowed is owed, to the permit. */
    @Test
    void threadsThatChargeAndTakeLoseNothing() throws Exception {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perHour(50_000), Rate.perDay(80_000)));
        assertThat(lost(limiter, permits -> limiter.charge(KEY, permits))).isZero();
    }

    @Test
    void aTwinThatReadsAndThenWritesIsCaught() throws Exception {
        long lost = 0;
        for (int attempt = 0; attempt < 100 && lost == 0; attempt++) {
            Limiter<String> limiter = limiter(Policy.of("p", Rate.perHour(50_000), Rate.perDay(80_000)));
            lost = lost(limiter, permits -> {
                long owed = debt(limiter, 0);
                limiter.reset(KEY);
                limiter.charge(KEY, owed + permits);
            });
        }
        assertThat(lost).isNotZero();
    }

    private static long lost(Limiter<String> limiter, LongConsumer charging) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            Future<Long> taking = threads.submit(() -> {
                long allowed = 0;
                for (int i = 0; i < 20_000; i++) {
                    allowed += limiter.tryAcquire(KEY) ? 1 : 0;
                }
                return allowed;
            });
            Runnable charges = () -> {
                for (int i = 0; i < 20_000; i++) {
                    charging.accept(3);
                }
            };
            Future<?> one = threads.submit(charges);
            Future<?> other = threads.submit(charges);
            one.get();
            other.get();
            return taking.get() + 120_000 - debt(limiter, 0);
        } finally {
            threads.shutdownNow();
        }
    }
}
