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
import dev.ratelimit.ShadowLimit.Counts;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A limit on trial: it counts whom it would refuse, refuses whom it is told to, and is off when it is turned off. */
class ShadowTest {

    private record Request(String tenant, String user) {}

    private final ManualTime time = new ManualTime(9);
    private final Limiter<String> perUser = Limiters.builder(Policy.of("user", Rate.perSecond(2)))
            .timeSource(time)
            .build();
    private final ShadowLimit<String> shadow = Limiters.shadow(perUser);

    @Test
    void observedKeysAreAllowedAndCounted() {
        for (int i = 0; i < 5; i++) {
            assertThat(shadow.tryAcquire("ada")).isTrue();
        }
        assertThat(shadow.counts()).isEqualTo(new Counts(2, 3, 0));
        assertThat(perUser.peek("ada").remaining()).isZero();
        time.advanceNanos(500_000_000);
        assertThat(shadow.tryAcquire("ada")).isTrue();
        assertThat(shadow.counts()).as("what was let pass took nothing").isEqualTo(new Counts(3, 3, 0));
    }

    @Test
    void enforcedKeysAreRefusedAndCounted() {
        shadow.enforce(100);
        assertThat(shadow.tryAcquire("ada", 2)).isTrue();
        assertThat(shadow.tryAcquire("ada")).isFalse();
        assertThat(shadow.decide("ada").reason()).isEqualTo(Reason.OVER_LIMIT);
        assertThat(shadow.peek("ada").reason()).isEqualTo(Reason.OVER_LIMIT);
        assertThat(shadow.counts()).isEqualTo(new Counts(1, 0, 2));
    }

    @Test
    void aDecisionOnAnObservedKeyAdmitsWithWhatTheLimitHasLeft() {
        assertThat(shadow.decide("ada").remaining()).isEqualTo(1);
        Decision passed = shadow.decide("ada", 2);
        assertThat(passed.reason()).isEqualTo(Reason.WITHIN_LIMIT);
        assertThat(passed.policy()).isEqualTo("user");
        assertThat(passed.remaining()).isEqualTo(1);
        assertThat(passed.retryAfterNanos()).isZero();
        assertThat(passed.resetAfterNanos()).isEqualTo(500_000_000);
        assertThat(shadow.peek("ada", 3).allowed()).isTrue();
        assertThat(shadow.counts()).as("a look is not counted").isEqualTo(new Counts(1, 1, 0));
        ShadowLimit<String> blocking = Limiters.shadow(Limiters.perKey(Policy.blocked()));
        assertThat(blocking.decide("ada").allowed()).isTrue();
        assertThat(blocking.decide("ada").policy()).isEqualTo("blocked");
        assertThat(blocking.counts()).isEqualTo(new Counts(0, 2, 0));
    }

    @Test
    void offAsksAndTakesAndCountsNothing() {
        shadow.enforce(100);
        shadow.off();
        assertThat(shadow.enforced()).isEmpty();
        assertThat(shadow.enforces("ada")).isFalse();
        for (int i = 0; i < 5; i++) {
            assertThat(shadow.tryAcquire("ada")).isTrue();
            assertThat(shadow.tryAcquire("ada", 1_000)).isTrue();
            assertThat(shadow.decide("ada")).hasToString(Decision.unlimited().toString());
            assertThat(shadow.peek("ada")).hasToString(Decision.unlimited().toString());
        }
        assertThat(shadow.counts()).isEqualTo(new Counts(0, 0, 0));
        assertThat(perUser.peek("ada").resetAfter()).isZero();
        perUser.tryAcquire("ada");
        shadow.refund("ada", 1);
        assertThat(perUser.peek("ada").remaining()).isEqualTo(1);
        shadow.enforce(100);
        assertThat(shadow.enforced()).hasValue(100);
        assertThat(shadow.tryAcquire("ada", 2)).isFalse();
    }

    @Test
    void refundsReachTheLimit() {
        assertThat(shadow.tryAcquire("ada", 2)).isTrue();
        shadow.refund("ada", 1);
        assertThat(perUser.peek("ada").remaining()).isEqualTo(1);
        shadow.refund("ada", 3);
        assertThat(perUser.peek("ada").remaining()).isEqualTo(2);
    }

    @Test
    void inACompositionWhatWasLetPassIsNotGivenBack() {
        SingleLimiter node = Limiters.single(Rate.perSecond(3), time);
        Limit<Request> direct = Limiters.all(Limiters.shadow(perUser).by(Request::user), node.forAll());
        Limit<Request> nested = Limiters.all(
                Limiters.all(Limiters.all(Limiters.shadow(perUser))).by(Request::user), node.forAll());
        Limit<String> ofUsers = Limiters.all(Limiters.shadow(perUser), node.forAll());
        Request ada = new Request("acme", "ada");
        perUser.tryAcquire("ada", 2);
        node.tryAcquire(3);
        for (int i = 0; i < 10; i++) {
            assertThat(direct.tryAcquire(ada)).as("the node refuses").isFalse();
            assertThat(nested.tryAcquire(ada)).isFalse();
            assertThat(ofUsers.tryAcquire("ada")).isFalse();
            assertThat(direct.decide(ada).allowed()).isFalse();
        }
        assertThat(perUser.peek("ada").remaining()).isZero();
        time.advanceNanos(500_000_000);
        node.tryAcquire(1);
        assertThat(direct.tryAcquire(ada)).isFalse();
        assertThat(perUser.peek("ada").remaining()).as("what was taken is").isEqualTo(1);
    }

    @Test
    void aCompositionAsksNoLimitThatIsOff() {
        SingleLimiter node = Limiters.single(Rate.perSecond(3), time);
        Limit<String> all = Limiters.all(shadow, node.forAll("node"));
        shadow.off();
        assertThat(all.tryAcquire("ada", 3)).isTrue();
        assertThat(all.tryAcquire("ada", 3)).isFalse();
        assertThat(all.decide("ada").policy()).isEqualTo("node");
        assertThat(perUser.peek("ada").resetAfter()).isZero();
        all.refund("ada", 3);
        assertThat(node.peek().remaining()).isEqualTo(3);
    }

    @Test
    void aShadowOfACompositionIsOnTrialAsAWhole() {
        SingleLimiter node = Limiters.single(Rate.perSecond(3), time);
        ShadowLimit<Request> trial =
                Limiters.shadow(Limiters.all(perUser.by(Request::user), node.forAll()), Request::tenant);
        Request ada = new Request("acme", "ada");
        assertThat(trial.tryAcquire(ada, 2)).isTrue();
        assertThat(trial.tryAcquire(ada)).isTrue();
        assertThat(trial.counts()).isEqualTo(new Counts(1, 1, 0));
        assertThat(node.peek().remaining()).isEqualTo(1);
        trial.enforce(50);
        assertThat(trial.enforces(ada)).isEqualTo(trial.enforces(new Request("acme", "grace")));
    }

    @Test
    void aTrialWithinATrialGivesBackOnlyWhatItTook() {
        SingleLimiter node = Limiters.single(Rate.perSecond(3), time);
        ShadowLimit<String> twice = Limiters.shadow(shadow);
        ShadowLimit<String> ofSeveral = Limiters.shadow(
                Limiters.all(shadow, Limiters.single(Rate.perSecond(9), time).forAll()));
        assertThat(perUser.tryAcquire("ada", 2)).isTrue();
        assertThat(node.tryAcquire(3)).isTrue();
        for (ShadowLimit<String> outer : List.of(twice, ofSeveral)) {
            Limit<String> all = Limiters.all(outer, node.forAll());
            assertThat(all.tryAcquire("ada")).as("the node refuses").isFalse();
            assertThat(all.decide("ada").allowed()).isFalse();
            assertThat(perUser.peek("ada").remaining()).isZero();
            assertThat(outer.counts()).isEqualTo(new Counts(2, 0, 0));
        }
        assertThat(shadow.counts()).isEqualTo(new Counts(0, 4, 0));
        Limiters.all(node.forAll(), twice).refund("ada", Long.MAX_VALUE);
        assertThat(node.peek().remaining())
                .as("what fits is given back")
                .isEqualTo(node.policy().rates().get(0).capacity());
        assertThat(Limiters.all(twice, node.forAll())).hasToString("All[" + twice + ", " + node + "]");
    }

    @Test
    void countsAreExactHoweverManyThreadsAsk() throws Exception {
        int threads = 8;
        int each = 50_000;
        shadow.enforce(50);
        List<String> keys = List.of("a", "b", "c", "d", "e", "f", "g", "h");
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Long>> refused = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                refused.add(executor.submit(() -> {
                    long no = 0;
                    for (int i = 0; i < each; i++) {
                        no += shadow.tryAcquire(keys.get(i % keys.size())) ? 0 : 1;
                    }
                    return no;
                }));
            }
            long no = 0;
            for (Future<Long> future : refused) {
                no += future.get();
            }
            long enforced = keys.stream().filter(shadow::enforces).count();
            long ofEachKey = (long) threads * each / keys.size();
            assertThat(no).isEqualTo(enforced * (ofEachKey - 2));
            assertThat(shadow.counts())
                    .isEqualTo(new Counts(2L * keys.size(), (keys.size() - enforced) * (ofEachKey - 2), no));
        } finally {
            executor.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, -Double.MIN_VALUE, 100.00000000000001, Double.NaN, Double.POSITIVE_INFINITY})
    void percentOutOfRange(double percent) {
        shadow.enforce(30);
        assertThatThrownBy(() -> shadow.enforce(percent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("percent must be from 0 to 100, but was " + percent);
        assertThat(shadow.enforced()).hasValue(30);
        assertThat(shadow).hasToString("ShadowLimit[" + perUser + ", enforced for 30.0 %]");
    }

    @Test
    @SuppressWarnings("NullAway")
    void badInputIsOneClearErrorWhetherOnOrOff() {
        for (int round = 0; round < 2; round++) {
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> shadow.tryAcquire(null),
                    () -> shadow.decide(null),
                    () -> shadow.peek(null),
                    () -> shadow.refund(null, 1),
                    () -> shadow.enforces(null))) {
                assertThatThrownBy(call)
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("key");
            }
            assertThatThrownBy(() -> shadow.tryAcquire("ada", 0)).isInstanceOf(IllegalArgumentException.class);
            shadow.off();
        }
        assertThatThrownBy(() -> Limiters.shadow(null)).hasMessage("limit");
        assertThatThrownBy(() -> Limiters.shadow(perUser, null)).hasMessage("keyOf");
        assertThatThrownBy(() -> Limiters.shadow(perUser, Function.identity(), null))
                .hasMessage("secret");
        assertThatThrownBy(() -> Limiters.shadow(perUser, Function.identity(), ""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Not only once somebody turns up the percentage. */
    @Test
    void aKeyWithoutASideIsAnErrorFromTheFirstRequestOn() {
        Limit<Request> limit = Limiters.shadow(perUser.by(Request::user));
        assertThatThrownBy(() -> limit.tryAcquire(new Request("acme", "ada")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(perUser.peek("ada").resetAfter()).isZero();
    }
}
