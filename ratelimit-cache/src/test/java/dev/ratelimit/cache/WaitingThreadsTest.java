package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers who wait with their threads, and loaders that hold theirs. */
@Timeout(60)
class WaitingThreadsTest {

    private final ManualTime time = new ManualTime();
    private final CacheKey key = CacheKey.of(Scope.shared(), "x");
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();
    private final Callable<String> backend = () -> {
        calls.incrementAndGet();
        begun.countDown();
        answer.await();
        return "v";
    };

    @Test
    void aThousandThreadsShareOneLoad() throws Exception {
        ResponseCache<String> cache =
                ResponseCache.<String>builder("test").timeSource(time).build();
        List<FutureTask<Cached<String>>> callers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            callers.add(started(() -> cache.get(key, backend)));
        }
        begun.await();
        answer.countDown();

        for (FutureTask<Cached<String>> caller : callers) {
            assertThat(caller.get().value()).isEqualTo("v");
        }
        assertThat(calls).hasValue(1);
        CacheStatistics statistics = cache.statistics();
        assertThat(statistics.coalesced() + statistics.hits()).isEqualTo(999);
    }

    @Test
    void anInterruptedCallerLeavesAndTheLoadGoesOn() throws Exception {
        ResponseCache<String> cache =
                ResponseCache.<String>builder("test").timeSource(time).build();
        AtomicBoolean stillMarked = new AtomicBoolean();
        CompletableFuture<LoadFailedException> failure = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                failure.completeExceptionally(new AssertionError("no failure: " + cache.get(key, backend)));
            } catch (LoadFailedException e) {
                stillMarked.set(Thread.currentThread().isInterrupted());
                failure.complete(e);
            }
        });
        caller.start();
        begun.await();
        caller.interrupt();

        assertThat(failure.get().reason()).isEqualTo(LoadFailedException.Reason.INTERRUPTED);
        caller.join();
        assertThat(stillMarked).isTrue();
        FutureTask<Cached<String>> other = started(() -> cache.get(key, backend));
        answer.countDown();
        assertThat(other.get().value()).isEqualTo("v");
        assertThat(calls).hasValue(1);
    }

    @Test
    void aLoaderThatHangsIsInterruptedAtItsDeadline() throws Exception {
        ResponseCache<String> cache = ResponseCache.<String>builder("test")
                .timeSource(time)
                .loadDeadline(Duration.ofSeconds(3))
                .build();
        CountDownLatch interrupted = new CountDownLatch(1);
        FutureTask<Cached<String>> caller = started(() -> cache.get(key, () -> {
            begun.countDown();
            try {
                answer.await();
                return "never";
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        }));
        begun.await();
        time.awaitPending(1);
        time.advance(Duration.ofSeconds(3));

        assertThat(caller)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(LoadFailedException.class)
                .withMessageContaining("deadline");
        interrupted.await();
        assertThat(cache.get(key, () -> "next").value()).isEqualTo("next");
    }

    /** An alarm that never rings stands for a process that can start no thread when a time is over. */
    @Test
    void aCallerWhoWaitsNeedsNobodyToBeToldThatTheDeadlineHasCome() {
        ResponseCache<String> cache = new ResponseCache<>(
                ResponseCache.<String>builder("test")
                        .executor(Runnable::run)
                        .loadDeadline(Duration.ofMillis(1))
                        .settings(),
                WaitingThreadsTest::silent);
        CompletableFuture<String> hung = new CompletableFuture<>();
        CompletableFuture<Cached<String>> stage =
                cache.getAsync(key, () -> hung).toCompletableFuture();

        assertThatThrownBy(() -> cache.get(key, backend))
                .extracting("reason")
                .isEqualTo(LoadFailedException.Reason.DEADLINE);
        assertThat(stage).as("the load is settled for all who wait").isCompletedExceptionally();
        assertThat(hung).isCancelled();
        assertThat(cache.statistics().abandonedLoads()).isEqualTo(1);
        assertThat(cache.get(key, () -> "next").value()).isEqualTo("next");
        assertThat(calls).hasValue(0);
    }

    @Test
    void aCallerWhoWaitsNeedsNobodyToBeToldThatItsPatienceIsOver() throws Exception {
        ResponseCache<String> cache =
                new ResponseCache<>(ResponseCache.<String>builder("test").settings(), WaitingThreadsTest::silent);
        ReadOptions hasty = ReadOptions.any().patience(Duration.ofMillis(1));

        assertThatThrownBy(() -> cache.get(key, hasty, backend))
                .extracting("reason")
                .isEqualTo(LoadFailedException.Reason.IMPATIENT);
        FutureTask<Cached<String>> other = started(() -> cache.get(key, backend));
        answer.countDown();
        assertThat(other.get().value()).isEqualTo("v");
        assertThat(calls).as("the load has gone on").hasValue(1);
    }

    /** The twin: a stage goes by the alarm, and an alarm that never rings is lost for it. */
    @Test
    void aStageIsNotToldByAnAlarmThatNeverRings() throws Exception {
        ResponseCache<String> cache =
                new ResponseCache<>(ResponseCache.<String>builder("test").settings(), WaitingThreadsTest::silent);
        ReadOptions hasty = ReadOptions.any().patience(Duration.ofNanos(1));
        CompletableFuture<Cached<String>> stage = cache.getAsync(
                        key,
                        hasty,
                        () -> CompletableFuture.supplyAsync(() -> {
                            try {
                                return backend.call();
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        }))
                .toCompletableFuture();
        begun.await();
        assertThat(stage).isNotDone();
        answer.countDown();
        assertThat(stage.get().value()).isEqualTo("v");
    }

    private static ScheduledTask silent(long nanos, Runnable task) {
        return () -> true;
    }

    private static <T> FutureTask<T> started(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return task;
    }
}
