package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.LimiterListener;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.ScheduledTask;
import dev.ratelimit.Statistics;
import dev.ratelimit.VirtualTimeSource;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How many calls may wait, which of them count, and how each call ends. */
@SuppressWarnings("FutureReturnValueIgnored")
class WaitingRoomTest {

    private final ManualTime time = new ManualTime();
    private final Statistics statistics = new Statistics();

    private final Policy policy = Policy.of("p", Rate.perSecond(10).burst(1))
            .shape(Duration.ofSeconds(5))
            .blackout(Duration.ofSeconds(30));

    private CompletableFuture<Decision> later(Limiter<String> limiter, String key) {
        return limiter.acquireAsync(key).toCompletableFuture();
    }

    @Test
    void aFullQueueThatOneKeyCausesIsNotAnotherKeysExcess() {
        Limiter<String> limiter =
                Limiters.builder(policy).timeSource(time).maxWaiters(10).build();
        for (int i = 0; i < 11; i++) {
            later(limiter, "greedy");
        }
        later(limiter, "modest");
        assertThat(later(limiter, "modest").join().reason()).isEqualTo(Decision.Reason.TOO_MANY_WAITING);
        assertThat(limiter.snapshot("modest").blackout()).isZero();
        time.advance(Duration.ofMillis(100));
        assertThat(later(limiter, "modest").join().allowed()).isTrue();
    }

    @Test
    void aBoundForEachKeyLeavesRoomForOthers() {
        Limiter<String> limiter = Limiters.builder(policy)
                .timeSource(time)
                .maxWaiters(10)
                .maxWaitersPerKey(3)
                .build();
        for (int i = 0; i < 4; i++) {
            later(limiter, "greedy");
        }
        assertThat(later(limiter, "greedy").join().reason()).isEqualTo(Decision.Reason.TOO_MANY_WAITING);
        assertThat(limiter.snapshot("greedy").blackout()).as("its own doing").isEqualTo(Duration.ofSeconds(30));
        later(limiter, "modest");
        assertThat(later(limiter, "modest")).isNotDone();
        assertThatThrownBy(() -> Limiters.builder(policy).maxWaitersPerKey(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxWaitersPerKey");
    }

    @Test
    void anImpatientCallerIsNoExcessOfItsKey() {
        Limiter<String> limiter = Limiters.builder(policy).timeSource(time).build();
        later(limiter, "key");
        Decision refused = limiter.acquireAsync("key", 1, Duration.ofMillis(10))
                .toCompletableFuture()
                .join();
        assertThat(refused.allowed()).isFalse();
        assertThat(limiter.snapshot("key").blackout()).isZero();
    }

    @Test
    void theQueueIsFreeAtOnceWhenACallGivesUp() {
        Limiter<String> limiter =
                Limiters.builder(policy).timeSource(time).maxWaiters(1).build();
        later(limiter, "key");
        for (int i = 0; i < 100; i++) {
            CompletableFuture<Decision> waits = later(limiter, "key");
            assertThat(waits).isNotDone();
            waits.cancel(true);
        }
    }

    /** Its timer has not rung, because the time does not run tasks by itself. The newcomer sees that the turn has come. */
    @Test
    void aCallWhoseTurnHasComeLeavesItsPlaceToTheNewcomerThatFindsThis() {
        AtomicLong now = new AtomicLong();
        Limiter<String> limiter = Limiters.builder(
                        Policy.of("p", Rate.perSecond(10).burst(2)).shape(Duration.ofSeconds(5)))
                .timeSource(new StandingTime(now))
                .maxWaiters(1)
                .build();
        limiter.tryAcquire("key", 2);
        CompletableFuture<Decision> first = later(limiter, "key");
        now.addAndGet(100_000_000);
        CompletableFuture<Decision> second = limiter.acquireAsync("key", 2).toCompletableFuture();
        assertThat(first.join().delay()).isEqualTo(Duration.ofMillis(100));
        assertThat(second).isNotDone();
        assertThat(limiter.gauges().waiting()).isEqualTo(1);
        assertThat(later(limiter, "key").join().reason()).isEqualTo(Decision.Reason.TOO_MANY_WAITING);
    }

    /** Runs no task. */
    private record StandingTime(AtomicLong now) implements VirtualTimeSource {

        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public ScheduledTask schedule(long instantNanos, Runnable task) {
            return () -> true;
        }
    }

    /** It left only after that: the retry was refused, because the call that gave up held the only place. */
    @Test
    void aCallThatGivesUpHasLeftWhenWhatDependsOnItRuns() {
        Limiter<String> limiter = Limiters.builder(
                        Policy.of("p", Rate.perSecond(10).burst(1)).shape(Duration.ofSeconds(5)))
                .timeSource(time)
                .maxWaiters(1)
                .build();
        limiter.tryAcquire("k");
        CompletableFuture<Decision> givesUp = later(limiter, "k");
        CompletableFuture<Decision> retry =
                givesUp.handle((decision, thrown) -> later(limiter, "k")).thenCompose(again -> again);
        givesUp.cancel(true);
        assertThat(retry).isNotDone();
        time.advance(Duration.ofMillis(100));
        assertThat(retry.join().allowed()).isTrue();
    }

    /** The next had to wait until all that depends had run, because the call that gave up took its turn. */
    @Test
    void aCallThatGaveUpTakesNoTurnWhileWhatDependsOnItRuns() {
        Limiter<String> limiter = Limiters.builder(
                        Policy.of("p", Rate.perSecond(2).burst(1)).shape(Duration.ofSeconds(5)))
                .timeSource(time)
                .build();
        limiter.tryAcquire("k");
        CompletableFuture<Decision> givesUp = later(limiter, "k");
        CompletableFuture<Decision> next = later(limiter, "k");
        CompletableFuture<Boolean> hasNextGone = givesUp.handle((decision, thrown) -> {
            time.advance(Duration.ofMillis(500));
            return next.isDone();
        });
        givesUp.cancel(true);
        assertThat(hasNextGone.join()).isTrue();
        assertThat(next.join().delay()).isEqualTo(Duration.ofMillis(500));
    }

    /** After {@code shutdownNow}, an executor may accept a completion and never run it. */
    @Test
    void anExecutorThatDropsCompletionsKeepsNoPlace() {
        Limiter<String> limiter = Limiters.builder(policy)
                .timeSource(time)
                .maxWaiters(1)
                .listener(statistics)
                .build();
        later(limiter, "key");
        for (int i = 0; i < 10; i++) {
            CompletableFuture<Decision> dropped =
                    limiter.acquireAsync("key", 1, task -> {}).toCompletableFuture();
            time.advance(Duration.ofMillis(100));
            assertThat(dropped).isNotDone();
        }
        assertThat(statistics.counts("p").allowed()).isEqualTo(11);
        assertThat(statistics.counts("p").refused()).isZero();
    }

    @Test
    void eachCallEndsInExactlyOneCount() throws InterruptedException {
        Limiter<String> limiter = Limiters.builder(
                        Policy.of("p", Rate.perSecond(10).burst(1)).shape(Duration.ofMillis(250)))
                .timeSource(time)
                .listener(statistics)
                .build();
        later(limiter, "k");
        CompletableFuture<Decision> cancelled = later(limiter, "k");
        CompletableFuture<Decision> waits = later(limiter, "k");
        assertThat(later(limiter, "k").join().allowed()).isFalse();
        assertThat(statistics.counts("p").allowed()).as("two still wait").isEqualTo(1);
        cancelled.cancel(true);
        time.advance(Duration.ofMillis(100));
        assertThat(waits).isCompleted();
        var kept = limiter.reserve("k", 1);
        var given = limiter.reserve("k", 1);
        assertThat(kept.allowed() && given.allowed()).isTrue();
        given.cancel();
        given.cancel();
        time.advance(Duration.ofMillis(100));
        kept.cancel();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> limiter.acquire("k")).isInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> limiter.enter("k", Duration.ofSeconds(1))).isInstanceOf(InterruptedException.class);
        Statistics.Counts counts = statistics.counts("p");
        assertThat(counts.allowed()).isEqualTo(3);
        assertThat(counts.refusedBy()).isEqualTo(Map.of(Decision.Reason.OVER_LIMIT, 1L));
        assertThat(counts.givenUp()).isEqualTo(4);
        assertThat(counts.shaped()).isEqualTo(2);
        assertThat(counts.waited()).isEqualTo(Duration.ofMillis(200));
    }

    /** The callers of reservations still use them after a reset. */
    @Test
    void alsoReservationsOfAKeyThatIsReset() {
        Limiter<String> limiter = Limiters.builder(
                        Policy.of("p", Rate.perSecond(1).burst(1)).shape(Duration.ofSeconds(5)))
                .timeSource(time)
                .listener(statistics)
                .build();
        limiter.tryAcquire("k");
        var givenUp = limiter.reserve("k", 1);
        var kept = limiter.reserve("k", 1);
        var cancelledLater = limiter.reserve("k", 1);
        givenUp.cancel();
        limiter.reset("k");
        assertThat(statistics.counts("p").allowed()).isEqualTo(3);
        cancelledLater.cancel();
        time.advance(Duration.ofSeconds(10));
        assertThat(kept.allowed()).isTrue();
        assertThat(statistics.counts("p").allowed()).isEqualTo(3);
        assertThat(statistics.counts("p").givenUp()).isEqualTo(1);
        assertThat(time.pending()).isZero();
    }

    /** Two threads on a limit of one at once: the only one that waited was refused, because both counted for a moment. */
    @Test
    void onlyCallsThatReallyWaitCount() throws InterruptedException {
        Limiter<String> limiter = Limiters.builder(
                        Policy.of("p", Rate.perSecond(1_000_000).burst(1_000_000))
                                .shape(Duration.ofSeconds(5)))
                .timeSource(time)
                .maxWaiters(1)
                .listener(statistics)
                .build();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            Thread thread = new Thread(() -> {
                try {
                    for (int i = 0; i < 200_000; i++) {
                        limiter.acquire("k");
                    }
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(statistics.counts("p").refused()).isZero();
        assertThat(statistics.counts("p").allowed()).isEqualTo(400_000);
    }

    /** Checked exceptions come through Kotlin, and errors through anything. */
    @Test
    void aListenerThatThrowsAnythingLosesNothing() {
        for (Throwable thrown :
                List.of(new IllegalStateException(), new Exception("checked"), new StackOverflowError())) {
            Limiter<String> limiter = Limiters.builder(
                            Policy.of("p", Rate.perSecond(10).burst(1))
                                    .shape(Duration.ofSeconds(5))
                                    .maxConcurrent(1))
                    .timeSource(time)
                    .maxWaiters(1)
                    .listener(new Throwing(thrown))
                    .build();
            limiter.tryEnter("k").close();
            assertThat(limiter.snapshot("k").leases()).isZero();
            CompletableFuture<Decision> waits = later(limiter, "k");
            assertThat(later(limiter, "k").join().allowed()).isFalse();
            waits.cancel(true);
            CompletableFuture<Decision> next = later(limiter, "k");
            limiter.reserve("k", 1).cancel();
            time.advance(Duration.ofMillis(100));
            assertThat(next).isCompleted();
            time.advance(Duration.ofSeconds(1));
        }
    }

    private record Throwing(Throwable thrown) implements LimiterListener {

        @Override
        public void allowed(String policy, long permits, long delayNanos) {
            throwIt(thrown);
        }

        @Override
        public void refused(String policy, long permits, Decision.Reason reason) {
            throwIt(thrown);
        }

        @Override
        public void gaveUp(String policy, long permits) {
            throwIt(thrown);
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        private static <E extends Throwable> void throwIt(Throwable thrown) throws E {
            throw (E) thrown;
        }
    }
}
