package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.ratelimit.Decision;
import dev.ratelimit.Decision.Reason;
import dev.ratelimit.Limit;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several limits as one: who refuses, who answers, and what is left. */
class CompositionTest {

    private record Request(String tenant, String user) {}

    private static final Request ADA = new Request("acme", "ada");
    private static final Request GRACE = new Request("acme", "grace");
    private static final Request EVE = new Request("other", "eve");

    private final ManualTime time = new ManualTime(42);
    private final SingleLimiter node = Limiters.single(Rate.perSecond(8), time);
    private final Limiter<String> perTenant = limiter(Policy.of("tenant", Rate.perSecond(4)));
    private final Limiter<String> perUser = limiter(Policy.of("user", Rate.perSecond(2)));
    private final Limit<Request> all =
            Limiters.all(perUser.by(Request::user), perTenant.by(Request::tenant), node.forAll("node"));

    private Limiter<String> limiter(Policy policy) {
        return Limiters.builder(policy).timeSource(time).build();
    }

    @Test
    void oneThatRefusesLeavesAllAsTheyWere() {
        assertThat(all.tryAcquire(ADA, 2)).isTrue();
        assertLeft(6, 2, 0);
        assertThat(all.tryAcquire(ADA)).as("the user refuses").isFalse();
        assertLeft(6, 2, 0);
        assertThat(all.tryAcquire(GRACE, 2)).isTrue();
        assertThat(all.tryAcquire(new Request("acme", "new")))
                .as("the tenant refuses")
                .isFalse();
        assertThat(perUser.peek("new").resetAfter()).isZero();
        assertThat(node.tryAcquire(4)).isTrue();
        assertThat(all.tryAcquire(EVE)).as("the node refuses").isFalse();
        assertThat(perUser.peek("eve").resetAfter()).isZero();
        assertThat(perTenant.peek("other").resetAfter()).isZero();
    }

    @Test
    void aDecisionTellsOfEachLimitInTheOrderInWhichTheyWereAsked() {
        assertThat(all.decide(ADA).parts())
                .extracting(Decision::policy, Decision::allowed, Decision::remaining)
                .containsExactly(tuple("user", true, 1L), tuple("tenant", true, 3L), tuple("node", true, 7L));
        assertThat(node.tryAcquire(7)).isTrue();
        Decision refused = all.decide(ADA);
        assertThat(refused.policy()).isEqualTo("node");
        assertThat(refused.parts())
                .as("what the node refused was given back to the others")
                .extracting(Decision::policy, Decision::allowed, Decision::remaining)
                .containsExactly(tuple("user", true, 1L), tuple("tenant", true, 3L), tuple("node", false, 0L));
        assertThat(all.peek(ADA).parts()).hasSize(3);
        assertThat(perUser.decide("eve").parts()).hasSize(1);
    }

    @Test
    void alsoLimitsThatAreNotAskedAnyMoreAreTold() {
        assertThat(perUser.tryAcquire("ada", 2)).isTrue();
        assertThat(all.decide(ADA).parts())
                .extracting(Decision::policy, Decision::allowed, Decision::remaining)
                .containsExactly(tuple("user", false, 0L), tuple("tenant", true, 4L), tuple("node", true, 8L));
    }

    private void assertLeft(long ofNode, long ofTenant, long ofUser) {
        assertThat(node.peek().remaining()).isEqualTo(ofNode);
        assertThat(perTenant.peek("acme").remaining()).isEqualTo(ofTenant);
        assertThat(perUser.peek("ada").remaining()).isEqualTo(ofUser);
    }

    @ParameterizedTest(name = "{0}, {1}, {2} left: {4} answers to {3}")
    @CsvSource({
        "8, 4, 2, 1, user,   WITHIN_LIMIT",
        "8, 1, 2, 1, tenant, WITHIN_LIMIT",
        "1, 4, 2, 1, node,   WITHIN_LIMIT",
        "1, 1, 1, 1, user,   WITHIN_LIMIT",
        "8, 4, 0, 1, user,   OVER_LIMIT",
        "8, 0, 2, 1, tenant, OVER_LIMIT",
        "0, 4, 2, 1, node,   OVER_LIMIT",
        "0, 0, 0, 1, user,   OVER_LIMIT",
        "0, 0, 2, 1, tenant, OVER_LIMIT",
        "8, 4, 2, 3, user,   EXCEEDS_CAPACITY",
        "0, 0, 0, 5, user,   EXCEEDS_CAPACITY",
        "1, 0, 1, 2, user,   OVER_LIMIT",
        "8, 0, 1, 2, user,   OVER_LIMIT",
    })
    void theStrictestAnswers(long ofNode, long ofTenant, long ofUser, long permits, String policy, Reason reason) {
        take(ofNode, ofTenant, ofUser);
        Decision peek = all.peek(ADA, permits);
        Decision decision = all.decide(ADA, permits);
        for (Decision answer : List.of(peek, decision)) {
            assertThat(answer.policy()).isEqualTo(policy);
            assertThat(answer.reason()).isEqualTo(reason);
        }
        assertThat(decision.remaining()).isEqualTo(peek.remaining() - (peek.allowed() ? permits : 0));
        assertThat(all.peek(ADA, permits).allowed()
                        || !decision.allowed()
                        || all.decide(ADA).remaining() >= 0)
                .isTrue();
    }

    private void take(long nodeLeft, long tenantLeft, long userLeft) {
        if (nodeLeft < 8) {
            node.tryAcquire(8 - nodeLeft);
        }
        if (tenantLeft < 4) {
            perTenant.tryAcquire("acme", 4 - tenantLeft);
        }
        if (userLeft < 2) {
            perUser.tryAcquire("ada", 2 - userLeft);
        }
    }

    @Test
    void theLongestWaitOfThoseThatRefuseIsOneThatHelps() {
        Limiter<String> slow = limiter(Policy.of("slow", Rate.perMinute(1)));
        Limit<Request> limit = Limiters.all(perUser.by(Request::user), slow.by(Request::tenant));
        assertThat(limit.tryAcquire(ADA)).isTrue();
        perUser.tryAcquire("ada");
        Decision refused = limit.decide(ADA);
        assertThat(refused.policy()).isEqualTo("slow");
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMinutes(1));
        time.advance(refused.retryAfter().minusNanos(1));
        assertThat(limit.tryAcquire(ADA)).isFalse();
        time.advanceNanos(1);
        assertThat(limit.tryAcquire(ADA)).isTrue();
    }

    @Test
    void aRefusedUserDoesNotEvenNeedTheKeysOfTheOthers() {
        List<String> asked = new ArrayList<>();
        Limit<Request> limit = Limiters.all(
                perUser.by((Request request) -> {
                    asked.add("user");
                    return request.user();
                }),
                perTenant.by((Request request) -> {
                    asked.add("tenant");
                    return request.tenant();
                }));
        perUser.tryAcquire("ada", 2);
        assertThat(limit.tryAcquire(ADA)).isFalse();
        assertThat(asked).containsExactly("user");
    }

    @Test
    void onlyTheLimitThatWasExceededBeginsItsBlackout() {
        Limiter<String> strict = limiter(Policy.of("strict", Rate.perSecond(2)).blackout(Duration.ofMinutes(1)));
        Limiter<String> shared = limiter(Policy.of("shared", Rate.perSecond(2)).blackout(Duration.ofMinutes(2)));
        Limit<Request> limit = Limiters.all(strict.by(Request::user), shared.by(Request::tenant));
        assertThat(limit.tryAcquire(ADA, 2)).isTrue();
        assertThat(limit.peek(ADA).allowed()).isFalse();
        assertThat(strict.peek("ada").reason()).as("to look is no excess").isEqualTo(Reason.OVER_LIMIT);
        assertThat(limit.tryAcquire(ADA)).isFalse();
        assertThat(strict.peek("ada").reason()).isEqualTo(Reason.BLACKOUT);
        assertThat(shared.peek("acme").reason()).isEqualTo(Reason.OVER_LIMIT);
        assertThat(limit.tryAcquire(GRACE)).isFalse();
        assertThat(shared.peek("acme").reason()).isEqualTo(Reason.BLACKOUT);
        assertThat(strict.peek("grace").resetAfter()).isZero();
    }

    @Test
    void compositionsNestAndAreRefundedAsOne() {
        Limit<Request> ofTenants = Limiters.all(perTenant.by(Request::tenant), node.forAll());
        Limit<Request> nested = Limiters.all(Limiters.all(Limiters.all(perUser)).by(Request::user), ofTenants);
        assertThat(nested.tryAcquire(ADA, 2)).isTrue();
        assertThat(nested.tryAcquire(ADA)).isFalse();
        assertLeft(6, 2, 0);
        nested.refund(ADA, 1);
        assertLeft(7, 3, 1);
        assertThat(nested).hasToString(all.toString());
    }

    @Test
    void alsoLimitsOfOtherTypesAreComposed() {
        Limit<Object> anything = node.forAll();
        Limit<CharSequence> characters =
                limiter(Policy.of("user", Rate.perSecond(2))).by(CharSequence::toString);
        Limit<String> both = Limiters.all(characters, anything);
        assertThat(both.tryAcquire("ada", 2)).isTrue();
        assertThat(both.tryAcquire("ada")).isFalse();
        assertThat(Limiters.all(perUser.by(Request::user), node.forAll()).tryAcquire(ADA))
                .isTrue();
    }

    @Test
    void aLimitThatIsThereTwiceIsChargedTwice() {
        record Transfer(String from, String to) {}
        Limit<Transfer> both = Limiters.all(perUser.by(Transfer::to), perUser.by(Transfer::from));
        assertThat(both.tryAcquire(new Transfer("ada", "grace"))).isTrue();
        assertThat(both.tryAcquire(new Transfer("ada", "ada"))).isFalse();
        assertThat(perUser.peek("ada").remaining()).isEqualTo(1);
        assertThat(both.tryAcquire(new Transfer("eve", "eve"))).isTrue();
        assertThat(perUser.peek("eve").remaining()).isZero();
    }

    @Test
    void aFunctionThatFailsTakesNothing() {
        Limit<Request> limit = Limiters.all(perUser.by(Request::user), perTenant.by((Request request) -> {
            throw new IllegalStateException("no tenant");
        }));
        for (ThrowingCallable call : List.<ThrowingCallable>of(() -> limit.tryAcquire(ADA), () -> limit.decide(ADA))) {
            assertThatThrownBy(call).isInstanceOf(IllegalStateException.class);
        }
        assertThat(perUser.peek("ada").resetAfter()).isZero();
    }

    /** A limit of the application's own whose policy is exchanged while it is asked. */
    @Test
    void aLimitThatGetsSmallerMeanwhileIsGivenBackWhatFits() {
        Limit<Request> exchanging = perTenant.by((Request request) -> {
            perUser.update(Policy.of("smaller", Rate.perSecond(1)));
            return "none left";
        });
        perTenant.tryAcquire("none left", 4);
        Limit<Request> limit = Limiters.all(perUser.by(Request::user), exchanging);
        assertThat(limit.tryAcquire(ADA, 2)).isFalse();
        assertThat(perUser.snapshot("ada").budgets().get(0).debt()).isEqualTo(1);
    }

    @Test
    void refundsGiveEachLimitWhatFits() {
        assertThat(all.tryAcquire(ADA, 2)).isTrue();
        perTenant.update(Policy.blocked());
        perUser.update(Policy.of("user", Rate.perSecond(2).burst(1)));
        all.refund(ADA, 2);
        assertThat(perUser.snapshot("ada").budgets().get(0).debt()).isEqualTo(1);
        assertThat(node.peek().remaining()).isEqualTo(8);
        perTenant.update(Policy.of("tenant", Rate.perSecond(4)));
        assertLeft(8, 2, 0);
        all.refund(ADA, Long.MAX_VALUE);
        assertLeft(8, 4, 1);
    }

    @Test
    @SuppressWarnings("NullAway")
    void badInputChangesNothing() {
        all.tryAcquire(ADA);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> all.tryAcquire(null),
                () -> all.tryAcquire(null, 1),
                () -> all.decide(null),
                () -> all.peek(null),
                () -> all.refund(null, 1))) {
            assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage("key");
        }
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> all.tryAcquire(ADA, 0),
                () -> all.decide(ADA, 0),
                () -> all.peek(ADA, 0),
                () -> all.refund(ADA, 0))) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("permits must be at least 1, but was 0");
        }
        Limit<Request> keyless = Limiters.all(perTenant.by(request -> null), perUser.by(Request::user));
        assertThatThrownBy(() -> keyless.refund(ADA, 1)).hasMessage("the key function returned null");
        Limit<Request> unsupported = Limiters.all(Limiters.perKey(Rate.perSecond(1)), perTenant.by(Request::tenant));
        assertThatThrownBy(() -> unsupported.refund(ADA, 1)).isInstanceOf(IllegalArgumentException.class);
        assertLeft(7, 3, 1);
    }

    @Test
    @SuppressWarnings({"unchecked", "NullAway"})
    void aCompositionIsOfOneToEight() {
        Limit<String>[] nine = (Limit<String>[]) Collections.nCopies(9, perUser).toArray(new Limit<?>[0]);
        for (ThrowingCallable call : List.<ThrowingCallable>of(() -> Limiters.all(), () -> Limiters.all(nine))) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("a composition is of 1 to 8 limits, but was given ");
        }
        assertThatThrownBy(() -> Limiters.all(perUser, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("limit 2");
        assertThat(Limiters.all(perUser).tryAcquire("ada")).isTrue();
        assertThatThrownBy(() -> Limiters.all((Limit<String>[]) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("limits");
    }

    @Test
    @SuppressWarnings("NullAway")
    void aSharedLimitHasThePolicysNameThatAPolicyMayHave() {
        for (String name : List.of("", "two\nlines")) {
            assertThatThrownBy(() -> node.forAll(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the name of a policy must not ");
        }
        assertThatThrownBy(() -> node.forAll(null)).isInstanceOf(NullPointerException.class);
        assertThat(node.forAll("node").peek("anybody").policy()).isEqualTo("node");
    }

    @Test
    void aYesOrNoAllocatesNothing() throws Exception {
        // Manual time allocates when it is advanced.
        AtomicLong nanos = new AtomicLong();
        SingleLimiter wide = Limiters.single(Rate.perSecond(1000), nanos::get);
        Limiter<String> ofUsers =
                Limiters.builder(Rate.perSecond(2)).timeSource(nanos::get).build();
        Limiter<String> ofTenants =
                Limiters.builder(Rate.perSecond(4)).timeSource(nanos::get).build();
        Limit<Request> nested = Limiters.all(
                Limiters.all(Limiters.shadow(ofUsers), ofUsers).by(Request::user),
                ofTenants.by(Request::tenant),
                wide.forAll());
        Limit<Request> givingBack = Limiters.all(wide.forAll(), ofTenants.by(Request::tenant));
        int answers = 100_000;
        assertThat(admissions(nested, 80, nanos)).as("the user refuses").isEqualTo(10);
        assertThat(admissions(givingBack, 80, nanos)).as("the tenant refuses").isEqualTo(40);
        long before = allocatedBytes();
        admissions(nested, answers, nanos);
        admissions(givingBack, answers, nanos);
        assertThat(allocatedBytes() - before)
                .as("bytes for %s answers", answers)
                .isLessThan(answers);
        before = allocatedBytes();
        for (int i = 0; i < answers; i++) {
            nested.peek(GRACE);
        }
        assertThat(allocatedBytes() - before).as("what is measured can be seen").isGreaterThan(answers);
    }

    /** Eight requests a second, by keys of four characters or more: shorter ones allocate. */
    private static int admissions(Limit<Request> limit, int requests, AtomicLong nanos) {
        int allowed = 0;
        for (int i = 0; i < requests; i++) {
            if (i % 8 == 0) {
                nanos.addAndGet(1_000_000_000);
            }
            allowed += limit.tryAcquire(GRACE) ? 1 : 0;
        }
        return allowed;
    }

    /** What this thread has allocated so far; by reflection, because the core's module does not read the one that knows. */
    private static long allocatedBytes() throws ReflectiveOperationException {
        Object threads = Class.forName("java.lang.management.ManagementFactory")
                .getMethod("getThreadMXBean")
                .invoke(null);
        return (long) Class.forName("com.sun.management.ThreadMXBean")
                .getMethod("getCurrentThreadAllocatedBytes")
                .invoke(threads);
    }
}
