package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.Statistics;
import dev.ratelimit.Tiers;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input gets one clear error, and changes nothing. */
class BadInputTest {

    private final ManualTime time = new ManualTime();
    private final Limiter<Object> limiter =
            Limiters.builder(Rate.perSecond(10)).timeSource(time).build();
    private final SingleLimiter single = Limiters.single(Rate.perSecond(10), time);

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void permitsBelowOne(long permits) {
        limiter.tryAcquire("k", 4);
        single.tryAcquire(4);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> limiter.tryAcquire("k", permits),
                () -> limiter.decide("k", permits),
                () -> limiter.peek("k", permits),
                () -> limiter.refund("k", permits),
                () -> single.tryAcquire(permits),
                () -> single.decide(permits),
                () -> single.peek(permits),
                () -> single.refund(permits),
                () -> single.reserve(permits),
                () -> single.acquire(permits),
                () -> single.acquireAsync(permits),
                () -> single.acquireAsync(permits, Runnable::run))) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("permits must be at least 1, but was " + permits);
        }
        unchanged();
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 11, 1L << 40, Long.MAX_VALUE})
    void refundsOfMoreThanTheCapacityFillTheBudgetAndNoMore(long permits) {
        limiter.tryAcquire("k", 4);
        single.tryAcquire(4);
        limiter.refund("k", permits);
        single.refund(permits);
        assertThat(limiter.peek("k").remaining()).isEqualTo(10);
        assertThat(single.peek().remaining()).isEqualTo(10);
        assertThat(limiter.tryAcquire("k", 10)).isTrue();
        assertThat(limiter.tryAcquire("k")).isFalse();
        assertThat(single.tryAcquire(10)).isTrue();
        assertThat(single.tryAcquire()).isFalse();
    }

    @Test
    void refundsBeyondWhatWasTakenFillTheBudgetAndNoMore() {
        limiter.tryAcquire("k", 4);
        limiter.refund("k", 10);
        limiter.refund("k", 10);
        assertThat(limiter.peek("k").remaining()).isEqualTo(10);
        assertThat(limiter.tryAcquire("k", 10)).isTrue();
        assertThat(limiter.tryAcquire("k")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 1L << 40, Long.MAX_VALUE})
    void moreThanTheCapacityIsRefusedAndTakesNothing(long permits) {
        limiter.tryAcquire("k", 4);
        single.tryAcquire(4);
        assertThat(limiter.tryAcquire("k", permits)).isFalse();
        assertThat(single.tryAcquire(permits)).isFalse();
        unchanged();
    }

    @Test
    @SuppressWarnings("NullAway")
    void nullKeys() {
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> limiter.tryAcquire(null),
                () -> limiter.tryAcquire(null, 1),
                () -> limiter.decide(null),
                () -> limiter.peek(null),
                () -> limiter.refund(null, 1),
                () -> limiter.reset(null))) {
            assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage("key");
        }
    }

    @Test
    void keysOfATypeThatIsNoKey() {
        assertThatThrownBy(() -> limiter.tryAcquire(new Object()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Object")
                .hasMessageContaining("Limiters.builder(rate).build(Account::id)");
        assertThatThrownBy(() -> limiter.tryAcquire(1.5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void numbersBelowOneLeaveTheBuilderAsItWas() {
        LimiterBuilder<Object> builder = Limiters.builder(
                        Policy.of("p", Rate.perSecond(1)).shape(Duration.ofSeconds(9)))
                .timeSource(time)
                .maxWaiters(1);
        for (int waiters : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> builder.maxWaiters(waiters))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("maxWaiters must be from 1 to 2147483647, but was " + waiters);
        }
        Limiter<String> built = builder.build();
        assertThat(built.acquireAsync("k").toCompletableFuture()).isDone();
        assertThat(built.acquireAsync("k").toCompletableFuture()).isNotDone();
        assertThat(built.acquireAsync("k").toCompletableFuture().join().reason())
                .isEqualTo(Decision.Reason.TOO_MANY_WAITING);
    }

    @Test
    @SuppressWarnings("NullAway")
    void aBuilderOfLimitersWithoutAKey() {
        SingleLimiterBuilder builder = Limiters.singleBuilder(Rate.perSecond(10));
        Map.<String, ThrowingCallable>of(
                        "rate", () -> Limiters.singleBuilder((Rate) null),
                        "policy", () -> Limiters.singleBuilder((Policy) null),
                        "timeSource", () -> builder.timeSource(null),
                        "clusterShare", () -> builder.clusterShare(null),
                        "listener", () -> builder.listener(null),
                        "executor", () -> single.acquireAsync(1, (Executor) null),
                        "maxWait", () -> single.enter(null))
                .forEach((name, call) -> assertThatThrownBy(call)
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage(name));
        assertThatThrownBy(() -> Limiters.single((Policy) null)).hasMessage("policy");
        assertThatThrownBy(() -> builder.maxWaiters(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxWaiters must be from 1 to 2147483647, but was 0");
        assertThatThrownBy(() -> single.enter(Duration.ofDays(366)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be from 0 to 365 days, but was PT8784H");
        assertThatThrownBy(() -> single.update(Policy.of("p", Rate.perDay(1).burst(500))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("takes too long to refill");
        assertThat(single.peek().remaining()).isEqualTo(10);
        assertThat(single.tryAcquire(10)).isTrue();
        assertThat(single.tryAcquire()).isFalse();
    }

    @Test
    void moreCellsThanThereCanBe() {
        Policy three = Policy.of("p", Rate.perSecond(1), Rate.perHour(9)).blackout(Duration.ofSeconds(1));
        assertThatThrownBy(() -> Limiters.builder(three).maxKeys(200_000_000).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("maxKeys 200000000 with 3 cells each (Policy[p, ")
                .hasMessageEndingWith("choose at most 166666666 keys");
    }

    @Test
    @SuppressWarnings("NullAway")
    void nullSettings() {
        LimiterBuilder<Object> builder = Limiters.builder(Rate.perSecond(10));
        Map.<String, ThrowingCallable>of(
                        "rate", () -> Limiters.builder((Rate) null),
                        "policy", () -> Limiters.builder((Policy) null),
                        "tiers", () -> Limiters.builder((Tiers<String>) null),
                        "whenSaturated", () -> builder.whenSaturated(null),
                        "timeSource", () -> builder.timeSource(null),
                        "clusterShare", () -> builder.clusterShare(null),
                        "listener", () -> builder.listener(null),
                        "keyOf", () -> builder.build(null))
                .forEach((name, call) -> assertThatThrownBy(call)
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage(name));
        assertThatThrownBy(() -> Limiters.single((Rate) null)).hasMessage("rate");
        assertThatThrownBy(() -> Limiters.single(Rate.perSecond(1), null)).hasMessage("timeSource");
        assertThatThrownBy(() -> new Statistics().counts(null)).hasMessage("policy");
        assertThatThrownBy(() -> time.advance(null)).hasMessage("duration");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, LimiterBuilder.MAX_KEYS + 1})
    void maxKeysOutOfRange(int maxKeys) {
        LimiterBuilder<Object> builder = Limiters.builder(Rate.perSecond(10));
        assertThatThrownBy(() -> builder.maxKeys(maxKeys))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxKeys must be from 1 to 500000000, but was " + maxKeys);
    }

    @Test
    void capacityBeyondTheHorizon() {
        for (Rate rate : List.of(
                Rate.perDay(1).burst(10_000),
                Rate.perSecond(1).burst(Long.MAX_VALUE),
                new Rate(1, Duration.ofNanos(Long.MAX_VALUE), 1),
                new Rate(Long.MAX_VALUE, Duration.ofNanos(Long.MAX_VALUE), Long.MAX_VALUE))) {
            assertThatThrownBy(() -> Limiters.single(rate))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("too l")
                    .hasMessageContaining("at most ");
            assertThatThrownBy(() -> Limiters.perKey(rate)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void policiesThatCannotBeKept() {
        Rate slow = Rate.perDay(1).burst(200);
        Policy second = Policy.of("p", Rate.perSecond(1), slow.burst(500));
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> Limiters.perKey(Policy.of("p", slow).shape(Duration.ofDays(300))),
                () -> Limiters.perKey(second),
                () -> Limiters.perKey(Tiers.of(key -> Policy.unlimited(), second)),
                () -> Limiters.builder(Rate.of(1, Duration.ofDays(30)))
                        .clusterShare(ClusterShare.fixed(20))
                        .build())) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at most ");
        }
    }

    private void unchanged() {
        assertThat(limiter.peek("k").remaining()).isEqualTo(6);
        assertThat(single.peek().remaining()).isEqualTo(6);
    }
}
