package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Limiters that shape let requests wait their turn, with a thread or without one. */
@SuppressWarnings("FutureReturnValueIgnored")
class ShapingTest {

    private static final String KEY = "key";

    private final ManualTime time = new ManualTime(99);

    private Limiter<String> tenPerSecond(long capacity, Duration maxDelay, int maxWaiters) {
        return Limiters.builder(
                        Policy.of("p", Rate.perSecond(10).burst(capacity)).shape(maxDelay))
                .timeSource(time)
                .maxWaiters(maxWaiters)
                .build();
    }

    private CompletableFuture<Decision> later(Limiter<String> limiter) {
        return limiter.acquireAsync(KEY).toCompletableFuture();
    }

    @Test
    void withoutShapingNoCallWaitsWhateverItsMaxWait() throws InterruptedException {
        Limiter<String> limiter =
                Limiters.builder(Rate.perSecond(10)).timeSource(time).build();
        assertThat(limiter.acquire(KEY, 10)).isTrue();
        // A call that waited would never return: the time stands still.
        assertThat(limiter.acquire(KEY)).isFalse();
        assertThat(limiter.acquire(KEY, 1, Duration.ofHours(1))).isFalse();
        assertThat(limiter.acquireAsync(KEY, 1, Duration.ofHours(1)).toCompletableFuture())
                .isCompletedWithValueMatching(decision -> !decision.allowed());
        limiter.blackout(KEY, Duration.ofMillis(1));
        assertThat(limiter.acquire(KEY)).isFalse();
        assertThat(time.pending()).isZero();
    }

    @Test
    void departuresFollowTheSchedule() {
        Limiter<String> limiter = tenPerSecond(2, Duration.ofSeconds(1), 100);
        List<CompletableFuture<Decision>> stages = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            stages.add(later(limiter));
        }
        for (int due = 0; due <= 5; due++) {
            assertThat(stages.stream().filter(CompletableFuture::isDone)).hasSize(2 + due);
            time.advance(Duration.ofMillis(100).minusNanos(1));
            assertThat(stages.stream().filter(CompletableFuture::isDone)).hasSize(2 + due);
            time.advanceNanos(1);
        }
        assertThat(stages.get(6).join().delay()).isEqualTo(Duration.ofMillis(500));
        assertThat(stages.get(0).join().delay()).isZero();
    }

    @Test
    void aThreadWaitsItsTurn() throws InterruptedException {
        Limiter<String> limiter = tenPerSecond(1, Duration.ofSeconds(1), 100);
        assertThat(limiter.acquire(KEY)).isTrue();
        AtomicReference<Boolean> answer = new AtomicReference<>();
        Thread waiting = new Thread(() -> {
            try {
                answer.set(limiter.acquire(KEY));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        waiting.start();
        time.awaitPending(1);
        time.advance(Duration.ofMillis(100).minusNanos(1));
        assertThat(time.pending()).isEqualTo(1);
        time.advanceNanos(1);
        waiting.join();
        assertThat(answer).hasValue(true);
    }

    @Test
    void anInterruptedWaiterLeavesNothingBehind() throws InterruptedException {
        Limiter<String> limiter = tenPerSecond(10, Duration.ofSeconds(9), 1);
        assertThat(limiter.tryAcquire(KEY, 10)).isTrue();
        Decision before = limiter.peek(KEY);
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread waiting = new Thread(() -> {
            try {
                limiter.acquire(KEY, 5);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        waiting.start();
        time.awaitPending(1);
        assertThat(limiter.peek(KEY).retryAfter()).isEqualTo(Duration.ofMillis(600));
        waiting.interrupt();
        interrupted.await();
        waiting.join();
        assertThat(limiter.peek(KEY)).hasToString(before.toString());
        assertThat(time.pending()).isZero();
        assertThat(later(limiter)).as("its place among the waiters is free").isNotDone();
    }

    @Test
    void whoComesInterruptedTakesNothing() {
        Limiter<String> limiter = tenPerSecond(2, Duration.ofSeconds(9), 1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> limiter.acquire(KEY)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(limiter.peek(KEY).remaining()).isEqualTo(2);
    }

    @Test
    void aCancelledStageGivesItsReservationBack() {
        Limiter<String> limiter = tenPerSecond(1, Duration.ofSeconds(9), 2);
        later(limiter);
        CompletableFuture<Decision> first = later(limiter);
        CompletableFuture<Decision> second = later(limiter);
        assertThat(second.cancel(true)).isTrue();
        assertThat(time.pending()).isEqualTo(1);
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(2);
        assertThat(later(limiter)).isNotDone();
        time.advance(Duration.ofMillis(100));
        assertThat(first).isCompleted();
        assertThat(first.cancel(true)).isFalse();
    }

    @Test
    void beyondTheMaxDelayItRefusesAtOnce() {
        Limiter<String> limiter = tenPerSecond(1, Duration.ofMillis(250), 100);
        later(limiter);
        later(limiter);
        later(limiter);
        Decision refused = later(limiter).join();
        assertThat(refused.reason()).isEqualTo(Decision.Reason.OVER_LIMIT);
        assertThat(refused.retryAfter()).as("until the wait is short enough").isEqualTo(Duration.ofMillis(50));
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(3);
    }

    @Test
    void beyondTheNumberOfWaitersItRefusesAtOnceAndTakesNothing() {
        Limiter<String> limiter = tenPerSecond(1, Duration.ofSeconds(9), 2);
        later(limiter);
        later(limiter);
        later(limiter);
        Decision refused = later(limiter).join();
        assertThat(refused.reason()).isEqualTo(Decision.Reason.TOO_MANY_WAITING);
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(3);
        assertThat(limiter.acquireAsync("another").toCompletableFuture().join().allowed())
                .as("who need not wait is no waiter")
                .isTrue();
        time.advance(Duration.ofMillis(100));
        assertThat(later(limiter)).as("one has gone").isNotDone();
    }

    @Test
    void tryAcquireNeverWaitsAndDoesNotPassTheQueue() {
        Limiter<String> limiter = tenPerSecond(1, Duration.ofSeconds(9), 100);
        later(limiter);
        later(limiter);
        time.advance(Duration.ofMillis(99));
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(limiter.tryAcquire(KEY))
                .as("the waiter's permit is the waiter's")
                .isFalse();
        time.advance(Duration.ofMillis(100));
        assertThat(limiter.tryAcquire(KEY)).isTrue();
    }

    @Test
    void aThrottlingPolicyAcquiresAtOnceOrNotAtAll() throws InterruptedException {
        Limiter<String> limiter = tenPerSecond(1, Duration.ZERO, 1);
        assertThat(limiter.acquire(KEY)).isTrue();
        assertThat(limiter.acquire(KEY)).isFalse();
        assertThat(later(limiter).join().reason()).isEqualTo(Decision.Reason.OVER_LIMIT);
    }

    @Test
    void aStageCompletesOnTheExecutorThatIsGiven() {
        Limiter<String> limiter = tenPerSecond(1, Duration.ofSeconds(9), 100);
        later(limiter);
        List<Runnable> handed = new ArrayList<>();
        CompletableFuture<Decision> stage =
                limiter.acquireAsync(KEY, 1, handed::add).toCompletableFuture();
        time.advance(Duration.ofMillis(100));
        assertThat(stage).isNotDone();
        assertThat(handed).hasSize(1);
        handed.get(0).run();
        assertThat(stage).isCompleted();
    }
}
