package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ratelimit.Decision;
import dev.ratelimit.Gauges;
import dev.ratelimit.Lease;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.ScheduledTask;
import dev.ratelimit.Statistics;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Leases that are waited for without a thread, the bound on those that wait, and what gauges say of it all. */
@SuppressWarnings("FutureReturnValueIgnored")
@Timeout(60)
class LaterLeaseTest {

    private static final String KEY = "key";

    private final ManualTime time = new ManualTime();
    private final Statistics statistics = new Statistics();

    /** Whether there is no memory for timers. */
    private boolean isExhausted;

    private final TimeSource exhaustible = new VirtualTimeSource() {
        @Override
        public long nanos() {
            return time.nanos();
        }

        @Override
        public ScheduledTask schedule(long instantNanos, Runnable task) {
            if (isExhausted) {
                throw new OutOfMemoryError("no timer");
            }
            return time.schedule(instantNanos, task);
        }
    };

    private final Policy policy = Policy.of("p", Rate.perSecond(10).burst(10))
            .shape(Duration.ofSeconds(5))
            .maxConcurrent(2)
            .leaseTimeout(Duration.ofSeconds(30));

    private Limiter<String> limiter(Policy policy) {
        return Limiters.builder(policy)
                .timeSource(exhaustible)
                .maxKeys(100)
                .maxWaitersPerKey(3)
                .listener(statistics)
                .build();
    }

    private CompletableFuture<Lease> later(Limiter<String> limiter) {
        return limiter.enterAsync(KEY, Duration.ofSeconds(10)).toCompletableFuture();
    }

    @Test
    void aStageHasItsLeaseWhenOneIsClosed() {
        Limiter<String> limiter = limiter(policy);
        Lease first = later(limiter).join();
        Lease second = later(limiter).join();
        CompletableFuture<Lease> third = later(limiter);
        CompletableFuture<Lease> fourth = later(limiter);
        assertThat(third).isNotDone();
        first.close();
        assertThat(third.join().allowed()).isTrue();
        assertThat(fourth).isNotDone();
        fourth.cancel(true);
        second.close();
        assertThat(limiter.snapshot(KEY).leases()).isEqualTo(1);
        third.join().close();
        assertThat(limiter.snapshot(KEY).leases()).isZero();
        assertThat(statistics.counts("p").allowed()).isEqualTo(3);
        assertThat(statistics.counts("p").givenUp()).isEqualTo(1);
    }

    @Test
    void itIsRefusedWhenItsTimeIsOverOrTooManyWait() {
        Limiter<String> limiter = limiter(policy);
        limiter.tryEnter(KEY);
        limiter.tryEnter(KEY);
        assertThat(limiter.enterAsync(KEY, Duration.ZERO)
                        .toCompletableFuture()
                        .join()
                        .allowed())
                .isFalse();
        CompletableFuture<Lease> waits = later(limiter);
        later(limiter);
        later(limiter);
        Decision refused = later(limiter).join().decision();
        assertThat(refused.reason()).isEqualTo(Decision.Reason.TOO_MANY_WAITING);
        assertThat(refused).hasToString("refused (too many waiting)");
        time.advance(Duration.ofSeconds(10));
        assertThat(waits.join().decision().reason()).isEqualTo(Decision.Reason.TOO_MANY_CONCURRENT);
        assertThatThrownBy(() -> limiter.enterAsync(KEY, Duration.ofDays(366)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxWait");
    }

    /** The hold ran while the permit was waited for: leases were returned that had been taken back, and two were inside. */
    @Test
    void theLongestHoldBeginsWhenTheLeaseIsHandedOver() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(1).burst(1))
                .shape(Duration.ofMinutes(1))
                .maxConcurrent(1)
                .leaseTimeout(Duration.ofSeconds(1)));
        limiter.tryAcquire(KEY);
        limiter.acquireAsync(KEY);
        limiter.acquireAsync(KEY);
        CompletableFuture<Lease> waitsForItsPermit = later(limiter);
        time.advance(Duration.ofSeconds(3).minusNanos(1));
        assertThat(waitsForItsPermit).isNotDone();
        assertThat(limiter.snapshot(KEY).leases()).isEqualTo(1);
        time.advanceNanos(1);
        assertThat(waitsForItsPermit.join().allowed()).isTrue();
        time.advance(Duration.ofSeconds(1).minusNanos(1));
        assertThat(limiter.snapshot(KEY).leases()).isEqualTo(1);
        assertThat(limiter.tryEnter(KEY).allowed()).as("two would be inside").isFalse();
        time.advanceNanos(1);
        assertThat(limiter.snapshot(KEY).leases()).isZero();
    }

    @Test
    void oneThatGivesUpWhileItWaitsForItsPermitLeavesNothing() {
        Limiter<String> limiter = limiter(policy);
        limiter.tryAcquire(KEY, 10);
        CompletableFuture<Lease> waits = later(limiter);
        assertThat(limiter.snapshot(KEY).leases()).isEqualTo(1);
        waits.cancel(true);
        assertThat(limiter.snapshot(KEY).leases()).isZero();
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(10);
        assertThat(time.pending()).isZero();
        assertThat(statistics.counts("p").givenUp()).isEqualTo(1);
    }

    /** It took the lease that was closed meanwhile, and its permit for good. */
    @Test
    void oneThatGaveUpTakesNothingWhileWhatDependsOnItRuns() {
        Limiter<String> limiter = limiter(policy);
        Lease first = limiter.tryEnter(KEY);
        limiter.tryEnter(KEY);
        CompletableFuture<Lease> waits = later(limiter);
        waits.whenComplete((lease, thrown) -> first.close());
        waits.cancel(true);
        assertThat(limiter.snapshot(KEY).leases()).isEqualTo(1);
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(2);
        assertThat(statistics.counts("p").givenUp()).isEqualTo(1);
    }

    /** The permit was spent, and the lease was held until the executor ran. */
    @ParameterizedTest(name = "the executor drops the delivery: {0}")
    @ValueSource(booleans = {false, true})
    void oneThatGivesUpBeforeItsExecutorDeliversTakesNothing(boolean drops) {
        Limiter<String> limiter = limiter(policy);
        Lease first = limiter.tryEnter(KEY);
        Lease second = limiter.tryEnter(KEY);
        List<Runnable> queue = new ArrayList<>();
        CompletableFuture<Lease> waits =
                limiter.enterAsync(KEY, Duration.ofSeconds(10), queue::add).toCompletableFuture();
        first.close();
        assertThat(waits).isNotDone();
        assertThat(limiter.snapshot(KEY).leases()).isEqualTo(2);
        waits.cancel(true);
        assertThat(limiter.snapshot(KEY).leases()).isEqualTo(1);
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(2);
        if (!drops) {
            queue.forEach(Runnable::run);
        }
        second.close();
        assertThat(limiter.snapshot(KEY).leases()).isZero();
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(2);
    }

    @Test
    void oneThatGivesUpWhenItsPermitHasComeAndIsNotDeliveredTakesNothing() {
        Limiter<String> limiter = limiter(policy);
        limiter.tryAcquire(KEY, 10);
        List<Runnable> queue = new ArrayList<>();
        CompletableFuture<Lease> waits =
                limiter.enterAsync(KEY, Duration.ofSeconds(10), queue::add).toCompletableFuture();
        time.advance(Duration.ofMillis(100));
        assertThat(queue).hasSize(1);
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(10);
        waits.cancel(true);
        assertThat(limiter.snapshot(KEY).leases()).isZero();
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(9);
        queue.forEach(Runnable::run);
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(9);
    }

    /** It began when the executor had the delivery: the lease arrived reclaimed, and two were inside. */
    @Test
    void theLongestHoldBeginsWhenAnExecutorDelivers() {
        Limiter<String> limiter = limiter(
                Policy.of("p", Rate.perSecond(10).burst(10)).maxConcurrent(1).leaseTimeout(Duration.ofMillis(100)));
        Lease first = limiter.tryEnter(KEY);
        List<Runnable> queue = new ArrayList<>();
        CompletableFuture<Lease> waits =
                limiter.enterAsync(KEY, Duration.ofSeconds(10), queue::add).toCompletableFuture();
        first.close();
        time.advance(Duration.ofMillis(99));
        queue.forEach(Runnable::run);
        assertThat(waits.join().allowed()).isTrue();
        time.advance(Duration.ofMillis(100).minusNanos(1));
        assertThat(limiter.tryEnter(KEY).allowed()).as("two would be inside").isFalse();
        time.advanceNanos(1);
        assertThat(limiter.tryEnter(KEY).allowed()).isTrue();
    }

    @Test
    void aLeaseThatItsExecutorDoesNotDeliverWithinTheLongestHoldIsTakenBack() {
        Limiter<String> limiter = limiter(
                Policy.of("p", Rate.perSecond(10).burst(10)).maxConcurrent(1).leaseTimeout(Duration.ofMillis(50)));
        Lease first = limiter.tryEnter(KEY);
        List<Runnable> queue = new ArrayList<>();
        CompletableFuture<Lease> waits =
                limiter.enterAsync(KEY, Duration.ofSeconds(10), queue::add).toCompletableFuture();
        first.close();
        time.advance(Duration.ofMillis(50).minusNanos(1));
        assertThat(waits).isNotDone();
        assertThat(limiter.snapshot(KEY).leases()).isEqualTo(1);
        time.advanceNanos(1);
        assertThatThrownBy(waits::join).hasCauseInstanceOf(TimeoutException.class);
        assertThat(limiter.snapshot(KEY).leases()).isZero();
        assertThat(limiter.peek(KEY).remaining()).as("its permit is given back").isEqualTo(9);
        assertThat(statistics.counts("p").leasesReclaimed()).isEqualTo(1);
        queue.forEach(Runnable::run);
        assertThat(limiter.snapshot(KEY).leases()).isZero();
        assertThat(limiter.tryEnter(KEY).allowed()).isTrue();
    }

    static Stream<Arguments> whatRunsAtOnce() {
        Executor direct = Runnable::run;
        Executor shutDown = task -> {
            throw new RejectedExecutionException("shut down");
        };
        return Stream.of(arguments("none", null), arguments("direct", direct), arguments("shut down", shutDown));
    }

    /**
     * Each closed its lease within the one before: after some three hundred, the stack was full and the lease stuck.
     */
    @ParameterizedTest(name = "executor: {0}")
    @MethodSource("whatRunsAtOnce")
    void thousandsThatCloseTheirLeasesAtOnceAllHaveOne(String name, @Nullable Executor executor) {
        Limiter<String> limiter = Limiters.builder(Policy.unlimited().maxConcurrent(1))
                .timeSource(time)
                .build();
        Lease held = limiter.tryEnter(KEY);
        AtomicInteger served = new AtomicInteger();
        Duration longest = Duration.ofSeconds(10);
        for (int i = 0; i < 5_000; i++) {
            CompletionStage<Lease> stage =
                    executor == null ? limiter.enterAsync(KEY, longest) : limiter.enterAsync(KEY, longest, executor);
            stage.thenAccept(lease -> {
                served.addAndGet(lease.allowed() ? 1 : 0);
                lease.close();
            });
        }
        held.close();
        assertThat(served).hasValue(5_000);
        assertThat(limiter.gauges()).isEqualTo(new Gauges(0, Duration.ZERO, 0, 0, 0));
        assertThat(time.pending()).isZero();
    }

    /** Calls that waited for a lease took their permits from the policy under which they had come. */
    @Test
    void thoseThatWaitForALeaseGoAsTheNewPolicyLetsThem() {
        Limiter<String> limiter =
                limiter(Policy.of("before", Rate.perSecond(1000)).maxConcurrent(1));
        Lease held = limiter.tryEnter(KEY);
        List<CompletableFuture<Lease>> waiting = List.of(later(limiter), later(limiter), later(limiter));
        limiter.update(Policy.of("after", Rate.perSecond(1).burst(1)).maxConcurrent(1));
        time.advance(Duration.ofSeconds(1));
        held.close();
        Lease first = waiting.get(0).join();
        assertThat(first.allowed()).isTrue();
        first.close();
        assertThat(waiting.subList(1, 3))
                .allMatch(stage -> stage.join().decision().reason() == Decision.Reason.OVER_LIMIT);
        assertThat(statistics.counts("before").allowed()).isEqualTo(1);
        assertThat(statistics.counts("after").allowed()).isEqualTo(1);
        assertThat(statistics.counts("after").refused()).isEqualTo(2);
        assertThat(limiter.snapshot(KEY).leases()).isZero();
    }

    @Test
    void thoseThatWaitForALeaseAreRefusedWhenAPolicyBlocks() throws Exception {
        Limiter<String> limiter =
                limiter(Policy.of("before", Rate.perSecond(1000)).maxConcurrent(1));
        limiter.tryEnter(KEY);
        CompletableFuture<Lease> stage = later(limiter);
        FutureTask<Lease> thread = new FutureTask<>(() -> limiter.enter(KEY, Duration.ofSeconds(10)));
        new Thread(thread).start();
        time.awaitPending(2);
        limiter.update(Policy.blocked());
        assertThat(stage.join().decision().reason()).isEqualTo(Decision.Reason.BLOCKED);
        assertThat(thread.get().decision().reason()).isEqualTo(Decision.Reason.BLOCKED);
    }

    /** The stage was never completed: its call found a policy without rates where it had come under one with a rate. */
    @ParameterizedTest(name = "to {0}")
    @MethodSource("policiesWithoutRates")
    void thoseThatWaitForALeaseAreAnsweredByAPolicyWithoutRates(Policy after) {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perHour(1).burst(1))
                .shape(Duration.ofSeconds(1))
                .maxConcurrent(1));
        Lease held = limiter.tryEnter(KEY);
        CompletableFuture<Lease> waits = later(limiter);
        limiter.update(after);
        held.close();
        assertThat(waits.join().allowed()).isEqualTo(!after.blocks());
    }

    static Stream<Policy> policiesWithoutRates() {
        return Stream.of(
                Policy.unlimited(), Policy.blocked(), Policy.unlimited().maxConcurrent(5));
    }

    @Test
    void aStageWhoseCallFailsIsCompletedWithTheFailureAndLeavesNothing() {
        Limiter<String> limiter = limiter(policy);
        Lease first = limiter.tryEnter(KEY);
        Lease second = limiter.tryEnter(KEY);
        limiter.tryAcquire(KEY, 8);
        CompletableFuture<Lease> waits = later(limiter);
        isExhausted = true;
        first.close();
        isExhausted = false;
        assertThatThrownBy(waits::join).hasCauseInstanceOf(OutOfMemoryError.class);
        second.close();
        assertThat(limiter.snapshot(KEY).leases()).isZero();
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(10);
        assertThat(statistics.counts("p").givenUp()).isEqualTo(1);
    }

    @Test
    void gaugesSayWhatWaitsIsHeldAndIsOwed() {
        Limiter<String> limiter = limiter(policy);
        assertThat(limiter.gauges()).isEqualTo(new Gauges(0, Duration.ZERO, 0, 0, 0));
        limiter.tryEnter(KEY);
        limiter.tryEnter(KEY);
        later(limiter);
        time.advance(Duration.ofMillis(10));
        limiter.tryAcquire("other", 10);
        limiter.acquireAsync("other");
        time.advance(Duration.ofMillis(20));
        Gauges gauges = limiter.gauges();
        assertThat(gauges.waiting()).isEqualTo(2);
        assertThat(gauges.maxWait()).isEqualTo(Duration.ofMillis(30));
        assertThat(gauges.leases()).isEqualTo(2);
        assertThat(gauges.debts()).isEqualTo(2);
        assertThat(gauges.saturation()).isEqualTo(0.02);
    }
}
