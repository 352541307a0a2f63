package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Lease;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.Snapshot;
import dev.ratelimit.Statistics;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Executor;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bad calls of a limiter whose policy has everything get one clear error, and change nothing: no budget, no lease, no
 * blackout, no count, and nobody waits.
 */
class BadCallsTest {

    private static final Object KEY = "k";
    private static final Policy FULL = Policy.of(
                    "full", Rate.perSecond(10), Rate.perMinute(100).burst(20))
            .shape(Duration.ofSeconds(2))
            .blackout(Duration.ofSeconds(5))
            .maxConcurrent(2)
            .leaseTimeout(Duration.ofHours(1));

    private final ManualTime time = new ManualTime();
    private final Statistics statistics = new Statistics();
    private final Limiter<Object> limiter =
            Limiters.builder(FULL).timeSource(time).listener(statistics).build();
    private final Executor executor = Runnable::run;

    private Lease lease = limiter.tryEnter(KEY);
    private Snapshot before = limiter.snapshot(KEY);
    private SortedMap<String, Statistics.Counts> counted = statistics.byPolicy();
    private int pending;

    @BeforeEach
    void useSomeOfEverything() {
        assertThat(limiter.tryAcquire(KEY, 8)).isTrue();
        assertThat(limiter.reserve(KEY, 3).allowed()).isTrue();
        before = limiter.snapshot(KEY);
        counted = statistics.byPolicy();
        pending = time.pending();
        assertThat(before.leases()).isEqualTo(1);
        assertThat(before.budgets().get(0).debt()).isEqualTo(12);
    }

    @AfterEach
    void nothingHasChanged() {
        assertThat(limiter.snapshot(KEY)).isEqualTo(before);
        assertThat(time.pending()).isEqualTo(pending);
        lease.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void permitsBelowOne(long permits) {
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> limiter.tryAcquire(KEY, permits),
                () -> limiter.decide(KEY, permits),
                () -> limiter.peek(KEY, permits),
                () -> limiter.refund(KEY, permits),
                () -> limiter.reserve(KEY, permits),
                () -> limiter.acquire(KEY, permits),
                () -> limiter.acquireAsync(KEY, permits),
                () -> limiter.acquireAsync(KEY, permits, executor))) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("permits must be at least 1, but was " + permits);
        }
        assertThat(statistics.byPolicy()).isEqualTo(counted);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 1L << 40, Long.MAX_VALUE})
    void moreThanTheCapacityIsAnAnswerAtOnce(long permits) throws InterruptedException {
        assertThat(limiter.acquire(KEY, permits)).isFalse();
        Reservation reservation = limiter.reserve(KEY, permits);
        assertThat(reservation.allowed()).isFalse();
        assertThat(reservation.cancel()).isFalse();
        for (Decision decision : List.of(
                limiter.decide(KEY, permits),
                limiter.peek(KEY, permits),
                reservation.decision(),
                limiter.acquireAsync(KEY, permits).toCompletableFuture().join(),
                limiter.acquireAsync(KEY, permits, executor)
                        .toCompletableFuture()
                        .join())) {
            assertThat(decision.reason()).isEqualTo(Decision.Reason.EXCEEDS_CAPACITY);
            assertThat(decision.retryAfter()).isEqualTo(Decision.NEVER);
        }
    }

    @Test
    @SuppressWarnings("NullAway")
    void nulls() {
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> limiter.reserve(null, 1),
                () -> limiter.acquire(null),
                () -> limiter.acquire(null, 1),
                () -> limiter.acquireAsync(null),
                () -> limiter.acquireAsync(null, 1),
                () -> limiter.acquireAsync(null, 1, executor),
                () -> limiter.acquire(null, 1, Duration.ZERO),
                () -> limiter.acquireAsync(null, 1, Duration.ZERO),
                () -> limiter.acquireAsync(null, 1, Duration.ZERO, executor),
                () -> limiter.tryEnter(null),
                () -> limiter.enter(null, Duration.ZERO),
                () -> limiter.policy(null),
                () -> limiter.snapshot(null))) {
            assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage("key");
        }
        Map.<String, ThrowingCallable>of(
                        "executor", () -> limiter.acquireAsync(KEY, 1, (Executor) null),
                        "maxWait", () -> limiter.acquireAsync(KEY, 1, (Duration) null),
                        "policy", () -> limiter.update(null))
                .forEach((name, call) -> assertThatThrownBy(call)
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage(name));
        assertThatThrownBy(() -> limiter.enter(KEY, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("maxWait");
        assertThat(statistics.byPolicy()).isEqualTo(counted);
    }

    @Test
    void waitsOutOfRange() {
        for (Duration wait :
                List.of(Duration.ofNanos(-1), Policy.MAX_DURATION.plusNanos(1), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatThrownBy(() -> limiter.enter(KEY, wait))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("maxWait must be from 0 to 365 days, but was " + wait);
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> limiter.acquire(KEY, 1, wait),
                    () -> limiter.acquireAsync(KEY, 1, wait),
                    () -> limiter.acquireAsync(KEY, 1, wait, executor))) {
                assertThatThrownBy(call)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("maxWait must be from 0 to 365 days, but was " + wait);
            }
        }
        assertThat(statistics.byPolicy()).isEqualTo(counted);
    }

    @Test
    void keysOfATypeThatIsNoKey() {
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> limiter.reserve(1.5, 1),
                () -> limiter.acquire(1.5),
                () -> limiter.acquireAsync(1.5),
                () -> limiter.tryEnter(1.5),
                () -> limiter.enter(1.5, Duration.ofSeconds(1)))) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("a key of type java.lang.Double has to be reduced to ");
        }
        assertThat(statistics.byPolicy()).isEqualTo(counted);
    }

    @Test
    @SuppressWarnings("NullAway")
    void keyFunctionsThatFail() {
        IllegalStateException own = new IllegalStateException("no tenant");
        Limiter<String> failing = Limiters.builder(FULL).listener(statistics).build(key -> {
            throw own;
        });
        assertThatThrownBy(() -> failing.acquireAsync("a")).isSameAs(own);
        Limiter<String> nameless = Limiters.builder(FULL).listener(statistics).build(key -> null);
        assertThatThrownBy(() -> nameless.tryAcquire("a"))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the key function returned null: it must return a key for every request");
        assertThat(statistics.byPolicy()).isEqualTo(counted);
    }
}
