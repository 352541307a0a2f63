package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.TimeSource;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A policy that takes the place of another binds on the next call; what is owed and reserved stays, in permits. */
class LiveChangeTest {

    private static final String KEY = "key";

    private final ManualTime time = new ManualTime(77);

    private Limiter<String> limiter(Policy policy) {
        return Limiters.builder(policy).timeSource(time).build();
    }

    @Test
    void aRefundAfterAChangeOfTheInitialPermitsTakesNothing() {
        Rate rate = Rate.perSecond(1).burst(6);
        Limiter<String> limiter = limiter(Policy.of("p", rate));
        limiter.tryAcquire(KEY, 2);
        limiter.update(Policy.of("p", rate.initially(1)));
        assertThat(limiter.peek(KEY).remaining()).isEqualTo(4);
        limiter.refund(KEY, 1);
        assertThat(limiter.peek(KEY).remaining()).isGreaterThanOrEqualTo(4);
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
        // The two depart at 400 ms, as they were promised, and leave nothing; the next permit is there 100 ms after
        // them.
        assertThat(limiter.reserve(KEY, 1).decision().delay()).isEqualTo(Duration.ofMillis(300));
    }

    @Test
    void aReservationIsChargedWhenItIsDueAlsoAtASlowerRateOfASmallerCapacity() {
        Limiter<String> limiter =
                limiter(Policy.of("fast", Rate.perSecond(100).burst(100)).shape(Duration.ofSeconds(10)));
        limiter.tryAcquire(KEY, 100);
        assertThat(limiter.reserve(KEY, 100).decision().delay()).isEqualTo(Duration.ofSeconds(1));
        time.advance(Duration.ofMillis(500));
        limiter.update(Policy.of("slow", Rate.perSecond(1).burst(10)));
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(150);
        time.advance(Duration.ofMillis(499));
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(150);
        time.advance(Duration.ofMillis(1));
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(150);
        assertThat(limiter.peek(KEY).retryAfter()).isEqualTo(Duration.ofMillis(140_500));
        time.advance(Duration.ofMillis(140_499));
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(limiter.tryAcquire(KEY)).isTrue();
    }

    /** A million permits of 20 days each are a longer debt than any that is kept. */
    @Test
    void aReservationIsChargedAsFarAsThereIsRoomForItsDebt() {
        Limiter<String> limiter = limiter(
                Policy.of("fast", Rate.perSecond(1_000_000).burst(1_000_000)).shape(Duration.ofSeconds(10)));
        limiter.tryAcquire(KEY, 1_000_000);
        Reservation reserved = limiter.reserve(KEY, 1_000_000);
        assertThat(reserved.allowed()).isTrue();
        limiter.update(Policy.of("slow", Rate.of(1, Duration.ofDays(20)).burst(1)));
        time.advance(Duration.ofSeconds(1));
        long charged = limiter.peek(KEY).retryAfterNanos();
        assertThat(Duration.ofNanos(charged)).isBetween(Duration.ofDays(380), Duration.ofDays(420));
        time.advance(Duration.ofDays(100));
        assertThat(limiter.peek(KEY).retryAfterNanos())
                .isEqualTo(charged - Duration.ofDays(100).toNanos());
        reserved.cancel();
        assertThat(limiter.peek(KEY).retryAfterNanos())
                .isLessThanOrEqualTo(charged - Duration.ofDays(100).toNanos());
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

    /** Once failed: the error came out of callers' finally blocks. */
    @Test
    void aRefundAfterThePolicyBecameSmallerGivesBackWhatFits() {
        Rate slow = Rate.perHour(100);
        Limiter<String> limiter = limiter(Policy.of("large", Rate.perSecond(10), slow));
        assertThat(limiter.tryAcquire(KEY, 8)).isTrue();
        limiter.update(Policy.of("small", Rate.perSecond(5), slow));
        limiter.refund(KEY, 8);
        assertThat(limiter.snapshot(KEY).budgets())
                .extracting(dev.ratelimit.Snapshot.Budget::debt)
                .as("a capacity of the smaller rate, all of the other")
                .containsExactly(3L, 0L);
        limiter.update(Policy.blocked());
        limiter.refund(KEY, 8);
        limiter.update(Policy.unlimited());
        limiter.refund(KEY, Long.MAX_VALUE);
        assertThatThrownBy(() -> limiter.refund(KEY, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("permits must be at least 1, but was 0");
        limiter.update(Policy.of("small", Rate.perSecond(5), slow));
        assertThat(limiter.peek(KEY).remaining()).isEqualTo(2);
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

    /** More rates in a row than a cell can name: those that nobody uses any more make room, each time. */
    @Test
    void anyNumberOfChangesInTheCourseOfTime() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(1)));
        for (int permits = 2; permits <= 300; permits++) {
            limiter.update(Policy.of("p", Rate.of(permits, Duration.ofSeconds(1).plusNanos(permits))));
            assertThat(limiter.tryAcquire(KEY, permits)).isTrue();
            assertThat(limiter.tryAcquire(KEY)).isFalse();
            time.advance(Duration.ofSeconds(2));
        }
    }

    /** Also where there are eight rates at once and then none, so that debts wait for a rate to come back. */
    @Test
    void debtsAtRatesThatAreGoneWaitForARateInTheirPlace() {
        Limiter<String> limiter = limiter(eight(1));
        assertThat(limiter.tryAcquire(KEY, 7)).isTrue();
        for (int change = 2; change <= 500; change++) {
            limiter.update(change % 3 == 0 ? Policy.unlimited() : change % 3 == 1 ? Policy.blocked() : eight(change));
        }
        limiter.update(eight(1000));
        assertThat(limiter.snapshot(KEY).budgets())
                .hasSize(8)
                .extracting(dev.ratelimit.Snapshot.Budget::debt)
                .containsOnly(7L);
    }

    private static Policy eight(int days) {
        Rate[] rates = new Rate[8];
        Arrays.setAll(rates, i -> Rate.of(10 + i, Duration.ofHours(1 + i).plusNanos(days)));
        return Policy.of("eight", rates[0], Arrays.copyOfRange(rates, 1, 8));
    }

    /** A thread reads the policy, then stands still while it is replaced a thousand times, then goes on. */
    @Test
    void aCallThatWasUnderWayTakesItsPermitsInUnitsThatStillMeanThem() {
        for (int changes = 1; changes <= 150; changes++) {
            Stalling stalling = new Stalling();
            Limiter<String> limiter = Limiters.builder(slowAndFast(0))
                    .maxKeys(100)
                    .timeSource(stalling)
                    .build();
            assertThat(limiter.tryAcquire(KEY, 3)).isTrue();
            int last = changes;
            stalling.meanwhile = () -> {
                for (int change = 1; change <= last; change++) {
                    limiter.update(slowAndFast(change));
                    assertThat(limiter.tryAcquire(KEY, 1)).isTrue();
                }
            };
            assertThat(limiter.tryAcquire(KEY, 2)).isTrue();
            stalling.meanwhile = () -> limiter.update(slowAndFast(1000));
            limiter.refund(KEY, 1);
            long owed = 4L + changes;
            assertThat(limiter.snapshot(KEY).budgets())
                    .as("%s changes", changes)
                    .extracting(dev.ratelimit.Snapshot.Budget::debt)
                    .containsExactly(owed, owed);
        }
    }

    /** What a call of before has charged is forgiven at the speed of now. */
    @Test
    void aCallThatWasUnderWayLeavesNoDebtThatIsForgivenAtTheOldSpeed() {
        Stalling stalling = new Stalling();
        Limiter<String> limiter = Limiters.builder(Policy.of("fast", Rate.perSecond(1000)))
                .timeSource(stalling)
                .build();
        stalling.meanwhile = () -> {
            limiter.update(Policy.of("slow", Rate.perHour(1).burst(1000)));
            limiter.tryAcquire(KEY, 400);
        };
        assertThat(limiter.tryAcquire(KEY, 600)).isTrue();
        stalling.now += Duration.ofMinutes(59).toNanos();
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        stalling.now += Duration.ofMinutes(1).toNanos();
        assertThat(limiter.tryAcquire(KEY)).isTrue();
    }

    private static Policy slowAndFast(int change) {
        return Policy.of(
                "p",
                Rate.of(1, Duration.ofHours(1 + change % 7).plusNanos(change)).burst(1_000),
                Rate.of(1_000 + change, Duration.ofMillis(7)).burst(2_000));
    }

    /** Time that stands still, and while it is read once, something happens. */
    private static final class Stalling implements TimeSource {
        private Runnable meanwhile = () -> {};
        private long now = 77;

        @Override
        public long nanos() {
            long read = now;
            Runnable once = meanwhile;
            meanwhile = () -> {};
            once.run();
            return read;
        }
    }

    @Test
    void aNumberOfNodesThatChangesTwoHundredTimesNeverFails() {
        List<Throwable> failures = new ArrayList<>();
        AtomicInteger nodes = new AtomicInteger(1);
        Limiter<String> limiter = Limiters.builder(
                        Policy.of("p", Rate.perDay(1_000), Rate.perDay(100_000).burst(10_000)))
                .timeSource(time)
                .clusterShare(ClusterShare.of(nodes::get, 1)
                        .every(Duration.ofNanos(1))
                        .onFailure(failures::add))
                .build();
        assertThat(limiter.tryAcquire(KEY, 2)).isTrue();
        for (int change = 1; change <= 200; change++) {
            nodes.set(1 + change);
            time.advanceNanos(1);
            assertThat(limiter.policy(KEY).rates().get(0).capacity()).isEqualTo(1_000 / (1 + change));
        }
        assertThat(failures).isEmpty();
        nodes.set(1);
        time.advanceNanos(1);
        assertThat(limiter.snapshot(KEY).budgets())
                .extracting(dev.ratelimit.Snapshot.Budget::debt)
                .containsExactly(2L, 2L);
    }
}
