package dev.ratelimit.core.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** To give up costs what never to have come would have cost. */
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored")
class ImpatientClientsTest {

    private static final String KEY = "key";

    private final ManualTime time = new ManualTime();

    private Limiter<String> limiter(Rate rate, Duration maxDelay) {
        return Limiters.builder(Policy.of("p", rate).shape(maxDelay))
                .timeSource(time)
                .maxKeys(100)
                .build();
    }

    private CompletableFuture<Decision> later(Limiter<String> limiter, long permits) {
        return limiter.acquireAsync(KEY, permits).toCompletableFuture();
    }

    /** 100 a second, requests wait for up to 5 s, and clients give up after one: 6,000 could be served in a minute. */
    @ParameterizedTest(name = "{0} offered a second")
    @ValueSource(ints = {105, 150, 300})
    void clientsThatGiveUpCostNobodyElseATurn(int offered) {
        assertThat(served(offered, true)).isGreaterThanOrEqualTo(5_900).isLessThanOrEqualTo(6_100);
    }

    /** A twin of clients that do not tell the limiter when they give up: their turns come, and serve nobody. */
    @Test
    void aTwinWhoseTurnsAreLostIsCaught() {
        assertThat(served(300, false)).isLessThan(1_000);
    }

    private int served(int offered, boolean tellsTheLimiter) {
        Limiter<String> limiter = limiter(Rate.perSecond(100), Duration.ofSeconds(5));
        limiter.tryAcquire(KEY, 100);
        AtomicInteger served = new AtomicInteger();
        record Client(long came, CompletableFuture<Decision> stage) {}
        Deque<Client> waiting = new ArrayDeque<>();
        long patience = Duration.ofSeconds(1).toNanos();
        for (long n = 0; n < 60L * offered; n++) {
            long arrives = n * 1_000_000_000L / offered;
            while (!waiting.isEmpty() && waiting.getFirst().came() + patience <= arrives) {
                Client impatient = waiting.removeFirst();
                time.set(impatient.came() + patience);
                if (tellsTheLimiter) {
                    impatient.stage().cancel(true);
                }
            }
            time.set(arrives);
            CompletableFuture<Decision> stage = later(limiter, 1);
            stage.thenAccept(
                    decision -> served.addAndGet(decision.allowed() && time.nanos() - arrives <= patience ? 1 : 0));
            waiting.addLast(new Client(arrives, stage));
        }
        return served.get();
    }

    @Test
    void twoHundredThreadsInterruptedAtOnceLeaveTheKeyAsIfTheyHadNeverCome() throws Exception {
        Limiter<String> limiter = limiter(Rate.perSecond(10), Duration.ofSeconds(60));
        limiter.tryAcquire(KEY, 10);
        String before = limiter.peek(KEY).toString();
        List<Thread> threads = new ArrayList<>();
        AtomicInteger interrupted = new AtomicInteger();
        for (int i = 0; i < 200; i++) {
            Thread thread = new Thread(() -> {
                try {
                    limiter.acquire(KEY);
                } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                }
            });
            thread.start();
            threads.add(thread);
        }
        time.awaitPending(200);
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(interrupted).hasValue(200);
        assertThat(limiter.peek(KEY)).hasToString(before);
        assertThat(time.pending()).isZero();
        time.advance(Duration.ofMillis(100));
        assertThat(limiter.tryAcquire(KEY)).isTrue();
    }

    @Test
    void whenTheFirstGivesUpThoseBehindItMoveUp() {
        Limiter<String> limiter = limiter(Rate.perSecond(1), Duration.ofMinutes(1));
        limiter.tryAcquire(KEY);
        CompletableFuture<Decision> first = later(limiter, 1);
        CompletableFuture<Decision> second = later(limiter, 1);
        CompletableFuture<Decision> third = later(limiter, 1);
        time.advance(Duration.ofMillis(500));
        first.cancel(true);
        time.advance(Duration.ofMillis(500));
        assertThat(second).isCompleted();
        assertThat(second.join().delay()).isEqualTo(Duration.ofSeconds(1));
        assertThat(third).isNotDone();
        time.advance(Duration.ofSeconds(1));
        assertThat(third).isCompleted();
    }

    @Test
    void aHeavyFirstThatGivesUpUnblocksLightOnesBehindIt() {
        Limiter<String> limiter = limiter(Rate.perSecond(10), Duration.ofMinutes(1));
        limiter.tryAcquire(KEY, 5);
        CompletableFuture<Decision> heavy = later(limiter, 10);
        CompletableFuture<Decision> light = later(limiter, 5);
        assertThat(light).as("nobody overtakes").isNotDone();
        assertThat(limiter.tryAcquire(KEY))
                .as("nor does one that does not wait")
                .isFalse();
        heavy.cancel(true);
        assertThat(light).isCompleted();
    }

    @Test
    void aRefundLetsThoseGoThatMayNowInTheirOrder() {
        Limiter<String> limiter = limiter(Rate.perSecond(1).burst(5), Duration.ofMinutes(1));
        limiter.tryAcquire(KEY, 5);
        CompletableFuture<Decision> first = later(limiter, 2);
        CompletableFuture<Decision> second = later(limiter, 2);
        CompletableFuture<Decision> third = later(limiter, 1);
        limiter.refund(KEY, 3);
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        assertThat(third).as("the permit that is left is not its turn").isNotDone();
        time.advance(Duration.ofSeconds(1));
        assertThat(second).isCompleted();
        assertThat(third).isNotDone();
    }

    /** With a capacity of one permit, up to five departed at one instant. */
    @Test
    void aRefundWhileOthersWaitLetsOneGoForEachPermit() {
        Limiter<String> limiter = limiter(Rate.perSecond(1).burst(1), Duration.ofMinutes(1));
        limiter.tryAcquire(KEY);
        List<CompletableFuture<Decision>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(later(limiter, 1));
        }
        limiter.refund(KEY, 1);
        for (int seconds = 0; seconds < 20; seconds++) {
            assertThat(waiting.stream().filter(CompletableFuture::isDone)).hasSize(1 + seconds);
            time.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void aResetLetsACapacityGo() {
        Limiter<String> limiter = limiter(Rate.perSecond(1).burst(3), Duration.ofMinutes(1));
        limiter.tryAcquire(KEY, 3);
        List<CompletableFuture<Decision>> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiting.add(later(limiter, 1));
        }
        limiter.reset(KEY);
        assertThat(waiting.stream().map(CompletableFuture::isDone)).containsExactly(true, true, true, false, false);
    }

    /** Newcomers overtook 18 of 20, and 18 more departed than the rate allows. */
    @Test
    void aFasterRateLetsThoseThatWaitGoFasterAndNobodyOvertakesThem() {
        Limiter<String> limiter = limiter(Rate.perSecond(1).burst(1), Duration.ofMinutes(1));
        limiter.tryAcquire(KEY);
        List<CompletableFuture<Decision>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(later(limiter, 1));
        }
        limiter.update(Policy.of("p", Rate.perSecond(10).burst(1)).shape(Duration.ofMinutes(1)));
        CompletableFuture<Decision> newcomer = later(limiter, 1);
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        for (int tenths = 0; tenths <= 20; tenths++) {
            assertThat(waiting.stream().filter(CompletableFuture::isDone)).hasSize(tenths);
            assertThat(newcomer).isNotDone();
            time.advance(Duration.ofMillis(100));
        }
        assertThat(newcomer).isCompleted();
    }

    @Test
    void aSlowerRateRefusesThoseThatWouldWaitForLongerThanWasAllowed() {
        Limiter<String> limiter = limiter(Rate.perSecond(10).burst(1), Duration.ofSeconds(1));
        limiter.tryAcquire(KEY);
        CompletableFuture<Decision> first = later(limiter, 1);
        CompletableFuture<Decision> second = later(limiter, 1);
        limiter.update(Policy.of("p", Rate.perSecond(1).burst(1)).shape(Duration.ofSeconds(1)));
        assertThat(first).isNotDone();
        assertThat(second.join().reason()).isEqualTo(Decision.Reason.OVER_LIMIT);
        time.advance(Duration.ofSeconds(1));
        assertThat(first.join().allowed()).isTrue();
    }

    @Test
    void aBlockingOrSmallerPolicyRefusesWhatItWillNeverAdmitAndAnUnlimitedOneLetsAllGo() {
        Limiter<String> limiter = limiter(Rate.perSecond(1).burst(5), Duration.ofMinutes(1));
        limiter.tryAcquire(KEY, 5);
        CompletableFuture<Decision> light = later(limiter, 1);
        CompletableFuture<Decision> heavy = later(limiter, 5);
        limiter.update(Policy.of("smaller", Rate.perSecond(1).burst(2)).shape(Duration.ofMinutes(1)));
        assertThat(heavy.join().reason()).isEqualTo(Decision.Reason.EXCEEDS_CAPACITY);
        assertThat(light).isNotDone();
        limiter.update(Policy.blocked());
        assertThat(light.join().reason()).isEqualTo(Decision.Reason.BLOCKED);
        limiter.update(Policy.of("p", Rate.perSecond(1)).shape(Duration.ofMinutes(1)));
        later(limiter, 1);
        CompletableFuture<Decision> waits = later(limiter, 1);
        assertThat(waits).isNotDone();
        limiter.update(Policy.unlimited());
        assertThat(waits.join().allowed()).isTrue();
        assertThat(time.pending()).isZero();
    }

    @Test
    void aReservationKeepsItsInstantWhenThoseBeforeItGiveUp() {
        Limiter<String> limiter = limiter(Rate.perSecond(1).burst(1), Duration.ofMinutes(1));
        limiter.tryAcquire(KEY);
        CompletableFuture<Decision> first = later(limiter, 1);
        var reservation = limiter.reserve(KEY, 1);
        CompletableFuture<Decision> behind = later(limiter, 1);
        assertThat(reservation.decision().delay()).isEqualTo(Duration.ofSeconds(2));
        first.cancel(true);
        time.advance(Duration.ofSeconds(1));
        assertThat(behind).as("it has moved up, to before the reservation").isCompleted();
        CompletableFuture<Decision> next = later(limiter, 1);
        time.advance(Duration.ofSeconds(2).minusNanos(1));
        assertThat(next).as("the reservation departed at its second").isNotDone();
        time.advanceNanos(1);
        assertThat(next).isCompleted();
    }

    @Test
    void aCallerWaitsNoLongerThanItAccepts() throws InterruptedException {
        Limiter<String> limiter = limiter(Rate.perSecond(1).burst(1), Duration.ofSeconds(5));
        assertThat(limiter.acquire(KEY, 1, Duration.ZERO)).isTrue();
        assertThat(limiter.acquire(KEY, 1, Duration.ZERO)).isFalse();
        Decision refused = limiter.acquireAsync(KEY, 1, Duration.ofMillis(900))
                .toCompletableFuture()
                .join();
        assertThat(refused.reason()).isEqualTo(Decision.Reason.OVER_LIMIT);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(100));
        assertThat(limiter.acquireAsync(KEY, 1, Duration.ofSeconds(1)).toCompletableFuture())
                .isNotDone();
        List<CompletableFuture<Decision>> more = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            more.add(limiter.acquireAsync(KEY, 1, Duration.ofDays(1), Runnable::run)
                    .toCompletableFuture());
        }
        assertThat(more.stream().filter(CompletableFuture::isDone))
                .as("never for longer than the policy allows")
                .hasSize(1);
    }

    /** 100/s, shape 10 s, 910 queued: it said "90 of 100 left, full after 1 s". */
    @Test
    void aRefusalReportsWhatIsThereBehindThoseThatWait() {
        Limiter<String> limiter = limiter(Rate.perSecond(100), Duration.ofSeconds(10));
        for (int i = 0; i < 1010; i++) {
            later(limiter, 1);
        }
        for (Decision refused :
                List.of(later(limiter, 100).join(), limiter.reserve(KEY, 100).decision())) {
            assertThat(refused.allowed()).isFalse();
            assertThat(refused.remaining()).isZero();
            assertThat(refused.resetAfter()).isEqualTo(Duration.ofMillis(10_100));
            assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(100));
        }
        assertThat(limiter.peek(KEY, 100).retryAfter()).isEqualTo(Duration.ofMillis(10_100));
        assertThat(limiter.decide(KEY, 100).retryAfter()).isEqualTo(Duration.ofMillis(10_100));
    }
}
