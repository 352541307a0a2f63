package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Lease;
import dev.ratelimit.Limiter;
import dev.ratelimit.LimiterListener;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.core.Limiters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers' code that blocks on the thread that completes its stage, in real time: it stops nobody's timers. */
@Timeout(60)
class BlockingCallsIT {

    private static final Duration MAX = Duration.ofSeconds(20);

    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        end.countDown();
    }

    @Test
    void aStageThatBlocksForEverDelaysNeitherAnotherLimitersStageNorADeadlineNorATimeout() throws Exception {
        CompletableFuture<Void> blocking = blockingStages(1).get(0);
        Limiter<String> other = shaping();
        assertThat(other.tryAcquire("k", 10)).isTrue();
        assertThat(join(other.acquireAsync("k").toCompletableFuture()).allowed())
                .isTrue();
        CountDownLatch reclaimed = new CountDownLatch(1);
        Limiter<String> slots = Limiters.builder(
                        Policy.of("one", Rate.perSecond(1000)).maxConcurrent(1).leaseTimeout(Duration.ofMillis(20)))
                .listener(new LimiterListener() {
                    @Override
                    public void leaseReclaimed(String policy) {
                        reclaimed.countDown();
                    }
                })
                .build();
        assertThat(slots.tryEnter("k").allowed()).isTrue();
        assertThat(reclaimed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(slots.tryEnter("k").allowed()).isTrue();
        try (Lease refused = slots.enter("k", Duration.ofMillis(5))) {
            assertThat(refused.allowed()).isFalse();
        }
        assertThat(blocking).isNotDone();
    }

    @Test
    void enterWithATimeoutMayBeCalledFromWhatCompletesAStage() throws Exception {
        Limiter<String> slots = Limiters.builder(
                        Policy.of("one", Rate.perSecond(1000)).maxConcurrent(1).leaseTimeout(Duration.ofHours(1)))
                .build();
        assertThat(slots.tryEnter("k").allowed()).isTrue();
        Limiter<String> shaping = shaping();
        assertThat(shaping.tryAcquire("k", 10)).isTrue();
        // Also where it is complete by now, on a busy machine, the answer is the same.
        CompletableFuture<Boolean> entered =
                shaping.acquireAsync("k").thenApply(decision -> enter(slots)).toCompletableFuture();
        assertThat(join(entered)).isFalse();
    }

    @Test
    void manyThatBlockForEverStopNobody() throws Exception {
        List<CompletableFuture<Void>> blocking = blockingStages(40);
        Limiter<String> other = shaping();
        assertThat(other.tryAcquire("k", 10)).isTrue();
        assertThat(join(other.acquireAsync("k").toCompletableFuture()).allowed())
                .isTrue();
        assertThat(blocking).noneMatch(CompletableFuture::isDone);
        end.countDown();
        for (CompletableFuture<Void> each : blocking) {
            join(each);
        }
    }

    /**
     * Beyond 64, what blocked filled a pool, and stages, deadlines and timeouts of others waited in its queue for ever.
     */
    @Test
    void moreThanThePoolHasThreadsStopNobody() throws Exception {
        List<CompletableFuture<Void>> blocking = blockingStages(150);
        Limiter<String> other = shaping();
        for (int i = 0; i < 20; i++) {
            assertThat(other.tryAcquire("k" + i, 10)).isTrue();
            assertThat(join(other.acquireAsync("k" + i).toCompletableFuture()).allowed())
                    .isTrue();
        }
        CountDownLatch reclaimed = new CountDownLatch(1);
        Limiter<String> slots = slots(Duration.ofMillis(20), reclaimed);
        assertThat(slots.tryEnter("k").allowed()).isTrue();
        assertThat(reclaimed.await(20, TimeUnit.SECONDS)).isTrue();
        Limiter<String> held = slots(Duration.ofHours(1), reclaimed);
        assertThat(held.tryEnter("k").allowed()).isTrue();
        assertThat(enter(held)).isFalse();
        assertThat(join(held.enterAsync("k", Duration.ofMillis(5)).toCompletableFuture())
                        .allowed())
                .isFalse();
        assertThat(blocking).noneMatch(CompletableFuture::isDone);
        end.countDown();
        for (CompletableFuture<Void> each : blocking) {
            join(each);
        }
    }

    private static Limiter<String> slots(Duration leaseTimeout, CountDownLatch reclaimed) {
        return Limiters.builder(
                        Policy.of("one", Rate.perSecond(1000)).maxConcurrent(1).leaseTimeout(leaseTimeout))
                .listener(new LimiterListener() {
                    @Override
                    public void leaseReclaimed(String policy) {
                        reclaimed.countDown();
                    }
                })
                .build();
    }

    /** Stages of limiters of their own; what depends on each of them has begun to block when this returns. */
    private List<CompletableFuture<Void>> blockingStages(int count) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(count);
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // Half a second, so that it does not come before something depends on it.
            Limiter<String> limiter = Limiters.perKey(
                    Policy.of("shaped", Rate.perSecond(2).burst(1)).shape(MAX));
            assertThat(limiter.tryAcquire("k")).isTrue();
            stages.add(limiter.acquireAsync("k")
                    .thenAccept(decision -> {
                        begun.countDown();
                        awaitQuietly(end);
                    })
                    .toCompletableFuture());
        }
        begun.await();
        return stages;
    }

    private static Limiter<String> shaping() {
        return Limiters.perKey(
                Policy.of("shaped", Rate.perSecond(100).burst(10)).shape(MAX));
    }

    private static boolean enter(Limiter<String> slots) {
        try (Lease lease = slots.enter("k", Duration.ofMillis(20))) {
            return lease.allowed();
        } catch (InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    private static <T> T join(CompletableFuture<T> future) throws Exception {
        return future.get(MAX.toSeconds(), TimeUnit.SECONDS);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
