package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Decision;
import dev.ratelimit.Lease;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.Snapshot;
import dev.ratelimit.Statistics;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The limit without a key is a whole limiter: it has all that keyed limiters have, on one set of budgets. */
@SuppressWarnings("FutureReturnValueIgnored")
class SingleLimiterTest {

    private static final Policy NODE =
            Policy.of("node", Rate.perSecond(1000).burst(10)).shape(Duration.ofSeconds(2));

    private final ManualTime time = new ManualTime(-7);

    private SingleLimiter limiter(Policy policy) {
        return Limiters.singleBuilder(policy).timeSource(time).build();
    }

    private static CompletableFuture<Decision> later(SingleLimiter limiter) {
        return limiter.acquireAsync().toCompletableFuture();
    }

    // Waiting

    @Test
    void aNodeAtAThousandASecondWithRequestsQueued() {
        SingleLimiter node = limiter(NODE);
        List<CompletableFuture<Decision>> requests = new ArrayList<>();
        for (int i = 0; i < 2010; i++) {
            requests.add(later(node));
        }
        assertThat(later(node).join().reason())
                .as("it would wait for more than 2 s")
                .isEqualTo(Decision.Reason.OVER_LIMIT);
        for (int seconds = 0; seconds <= 2; seconds++) {
            assertThat(requests.stream().filter(CompletableFuture::isDone)).hasSize(10 + 1000 * seconds);
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(requests.get(2009).join().delay()).isEqualTo(Duration.ofSeconds(2));
        assertThat(requests.get(2009).join().policy()).isEqualTo("node");
    }

    @Test
    void aThreadWaitsItsTurnAndTryAcquireDoesNotPassIt() throws InterruptedException {
        SingleLimiter node = limiter(NODE);
        assertThat(node.tryAcquire(10)).isTrue();
        AtomicReference<Boolean> answer = new AtomicReference<>();
        Thread waiting = new Thread(() -> {
            try {
                answer.set(node.acquire(5));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        waiting.start();
        time.awaitPending(1);
        time.advance(Duration.ofMillis(5).minusNanos(1));
        assertThat(node.tryAcquire()).isFalse();
        assertThat(time.pending()).isEqualTo(1);
        time.advanceNanos(1);
        waiting.join();
        assertThat(answer).hasValue(true);
        assertThat(node.tryAcquire()).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(node.tryAcquire()).isTrue();
        assertThat(node.acquire(11)).as("more than the capacity").isFalse();
    }

    @Test
    void whoComesInterruptedTakesNothing() {
        SingleLimiter node = limiter(NODE);
        Thread.currentThread().interrupt();
        assertThatThrownBy(node::acquire).isInstanceOf(InterruptedException.class);
        assertThat(node.peek().remaining()).isEqualTo(10);
    }

    @Test
    void noMoreWaitThanTheBuilderSays() {
        SingleLimiter node =
                Limiters.singleBuilder(NODE).timeSource(time).maxWaiters(2).build();
        assertThat(node.tryAcquire(10)).isTrue();
        assertThat(later(node)).isNotDone();
        assertThat(later(node)).isNotDone();
        assertThat(later(node).join().reason()).isEqualTo(Decision.Reason.TOO_MANY_WAITING);
    }

    @Test
    void aStageCompletesOnTheExecutorThatIsGiven() {
        SingleLimiter node = limiter(NODE);
        assertThat(node.tryAcquire(10)).isTrue();
        List<Runnable> handed = new ArrayList<>();
        CompletableFuture<Decision> stage = node.acquireAsync(1, handed::add).toCompletableFuture();
        time.advance(Duration.ofMillis(1));
        assertThat(stage).isNotDone();
        handed.get(0).run();
        assertThat(stage).isCompleted();
    }

    @Test
    void aReservationSaysWhenItIsDueAndCanBeCancelled() {
        SingleLimiter node = limiter(NODE);
        assertThat(node.tryAcquire(8)).isTrue();
        Decision before = node.peek();
        Reservation reservation = node.reserve(5);
        assertThat(reservation.decision().delay()).isEqualTo(Duration.ofMillis(3));
        assertThat(node.tryAcquire()).isFalse();
        assertThat(reservation.cancel()).isTrue();
        assertThat(node.peek()).hasToString(before.toString());
        assertThat(node.tryAcquire(2)).isTrue();
    }

    // Policies

    @Test
    void severalRatesAreDecidedTogether() {
        SingleLimiter node = limiter(Policy.of("p", Rate.perSecond(10), Rate.perHour(25)));
        int allowed = 0;
        for (int second = 0; second < 10; second++) {
            for (int i = 0; i < 20; i++) {
                allowed += node.tryAcquire() ? 1 : 0;
            }
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(allowed).isEqualTo(25);
        assertThat(node.decide().rate()).contains(Rate.perHour(25));
        assertThat(node.snapshot().budgets()).extracting(Snapshot.Budget::debt).containsExactly(0L, 25L);
    }

    @Test
    void eightRatesAndABlackoutHaveRoomUnderAnyPolicyThatCame() {
        Rate[] seven = new Rate[7];
        for (int i = 0; i < 7; i++) {
            seven[i] = Rate.perHour(100 + i);
        }
        Policy eight = Policy.of("eight", Rate.perHour(99), seven);
        SingleLimiter node = limiter(eight);
        assertThat(node.tryAcquire(50)).isTrue();
        for (int i = 0; i < 7; i++) {
            node.update(Policy.of("one", Rate.perHour(99)));
            assertThat(node.tryAcquire()).isTrue();
            node.update(eight.blackout(Duration.ofMinutes(1)));
            assertThat(node.tryAcquire()).isTrue();
        }
        assertThat(node.snapshot().budgets().get(0).debt()).isEqualTo(64);
        assertThat(node.tryAcquire(36)).isFalse();
        assertThat(node.decide().reason()).isEqualTo(Decision.Reason.BLACKOUT);
    }

    @Test
    void afterAnExcessABlackoutRefuses() {
        SingleLimiter node = limiter(Policy.of("p", Rate.perSecond(2)).blackout(Duration.ofSeconds(5)));
        assertThat(node.tryAcquire(2)).isTrue();
        assertThat(node.tryAcquire()).isFalse();
        time.advance(Duration.ofSeconds(5).minusNanos(1));
        assertThat(node.decide().reason()).isEqualTo(Decision.Reason.BLACKOUT);
        time.advanceNanos(1);
        assertThat(node.tryAcquire()).isTrue();
        assertThat(node.tryAcquire(2)).isFalse();
        node.reset();
        assertThat(node.tryAcquire(2)).isTrue();
    }

    @Test
    void leasesBoundWhatIsUnderWayAtOnce() throws InterruptedException {
        SingleLimiter node = limiter(Policy.of("p", Rate.perSecond(100)).maxConcurrent(2));
        Lease first = node.tryEnter();
        try (Lease second = node.enter(Duration.ZERO)) {
            assertThat(first.allowed() && second.allowed()).isTrue();
            assertThat(node.tryEnter().decision().reason()).isEqualTo(Decision.Reason.TOO_MANY_CONCURRENT);
            assertThat(node.snapshot().leases()).isEqualTo(2);
        }
        first.close();
        assertThat(node.snapshot().leases()).isZero();
        assertThat(node.peek().remaining()).as("each took its permit").isEqualTo(98);
    }

    @Test
    void unlimitedAndBlocked() {
        SingleLimiter node = limiter(Policy.unlimited());
        assertThat(node.tryAcquire(1_000_000)).isTrue();
        node.update(Policy.blocked());
        assertThat(node.tryAcquire()).isFalse();
        assertThat(node.decide().reason()).isEqualTo(Decision.Reason.BLOCKED);
    }

    // Live change

    @Test
    void whatIsUsedStaysUsedInPermits() {
        SingleLimiter node = limiter(Policy.of("slow", Rate.perSecond(10)));
        assertThat(node.tryAcquire(10)).isTrue();
        node.update(Policy.of("fast", Rate.perSecond(1000).burst(10)));
        assertThat(node.tryAcquire()).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(node.decide().policy()).isEqualTo("fast");
        assertThat(node.tryAcquire()).isFalse();
        node.update(Policy.of("small", Rate.perSecond(1000).burst(5)));
        assertThat(node.decide().retryAfter()).as("ten of five are used").isEqualTo(Duration.ofMillis(6));
        assertThat(node.decide(6).reason()).isEqualTo(Decision.Reason.EXCEEDS_CAPACITY);
        assertThat(node.policy().name()).isEqualTo("small");
    }

    @Test
    void thereAndBackLosesNothingAndGivesNothing() {
        Policy three = Policy.of("three", Rate.perSecond(3));
        Policy seven = Policy.of("seven", Rate.perSecond(7).burst(3));
        SingleLimiter node = limiter(three);
        assertThat(node.tryAcquire(3)).isTrue();
        for (int i = 0; i < 1000; i++) {
            node.update(seven);
            assertThat(node.tryAcquire()).isFalse();
            node.update(three);
            assertThat(node.tryAcquire()).isFalse();
        }
        time.advance(Duration.ofSeconds(1));
        assertThat(node.peek().remaining()).isEqualTo(3);
    }

    @Test
    @SuppressWarnings("NullAway")
    void aPolicyThatCannotBeKeptChangesNothing() {
        SingleLimiter node = limiter(Policy.of("p", Rate.perSecond(10)));
        assertThat(node.tryAcquire(9)).isTrue();
        assertThatThrownBy(() -> node.update(Policy.of("q", Rate.perDay(1).burst(500))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> node.update(null)).hasMessage("policy");
        assertThat(node.policy().name()).isEqualTo("p");
        assertThat(node.decide().remaining()).isZero();
        assertThat(node.tryAcquire()).isFalse();
    }

    // Listener and share

    @Test
    void theListenerHearsOfEachDecision() throws InterruptedException {
        Statistics statistics = new Statistics();
        SingleLimiter node = Limiters.singleBuilder(NODE)
                .timeSource(time)
                .listener(statistics)
                .build();
        node.tryAcquire();
        node.tryAcquire(2);
        node.decide();
        node.acquire(6);
        node.peek();
        node.acquireAsync();
        node.tryAcquire();
        node.reserve(11);
        time.advance(Duration.ofMillis(1));
        assertThat(statistics.counts("node").allowed()).isEqualTo(5);
        assertThat(statistics.counts("node").permits()).isEqualTo(11);
        assertThat(statistics.counts("node").shaped()).isEqualTo(1);
        assertThat(statistics.counts("node").refused()).isEqualTo(2);
    }

    @Test
    void aShareFollowsTheNumberOfNodes() {
        AtomicInteger nodes = new AtomicInteger(4);
        SingleLimiter node = Limiters.singleBuilder(Rate.perSecond(100))
                .timeSource(time)
                .clusterShare(ClusterShare.of(nodes::get, 4))
                .build();
        assertThat(node.tryAcquire(25)).isTrue();
        assertThat(node.tryAcquire()).isFalse();
        nodes.set(2);
        time.advance(Duration.ofMinutes(1));
        assertThat(node.tryAcquire(50)).isTrue();
        assertThat(node.tryAcquire()).isFalse();
    }

    @Test
    void forAllSaysItsPolicyUnlessItIsGivenAName() {
        SingleLimiter node = limiter(NODE);
        assertThat(node.forAll().decide("request").policy()).isEqualTo("node");
        assertThat(node.forAll("backend").decide("request").policy()).isEqualTo("backend");
        assertThat(Limiters.single(Rate.perSecond(1), time)
                        .forAll()
                        .decide("request")
                        .policy())
                .isEqualTo(Decision.DEFAULT_POLICY);
        assertThat(node).hasToString("SingleLimiter[" + NODE + "]");
    }
}
