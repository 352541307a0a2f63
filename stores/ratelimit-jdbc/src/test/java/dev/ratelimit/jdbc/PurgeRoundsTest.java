package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rounds of the purge: when they come, what holds them up, and what they leave. */
@Timeout(60)
class PurgeRoundsTest {

    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final ManualTime time = new ManualTime();
    private final List<Thread> started = new CopyOnWriteArrayList<>();
    private final AtomicInteger rounds = new AtomicInteger();

    private PurgeRounds rounds(Runnable task) {
        PurgeRounds all = new PurgeRounds(
                time,
                work -> {
                    Thread thread = new Thread(work, "purge-of-a-test");
                    started.add(thread);
                    return thread;
                },
                task);
        all.start(INTERVAL);
        return all;
    }

    private void awaitThreads() throws InterruptedException {
        for (Thread thread : started) {
            thread.join();
        }
    }

    @Test
    void eachIntervalHasARoundWhoseThreadEndsWithIt() throws Exception {
        PurgeRounds all = rounds(rounds::incrementAndGet);
        time.advance(INTERVAL.minusNanos(1));
        assertThat(started).isEmpty();
        time.advance(Duration.ofNanos(1));
        awaitThreads();
        time.advance(INTERVAL);
        awaitThreads();
        assertThat(rounds).hasValue(2);
        all.close();
        time.advance(INTERVAL);
        assertThat(started).hasSize(2);
        assertThat(time.pending()).isZero();
    }

    @Test
    void aRoundThatFailsDoesNotEndTheRounds() throws Exception {
        rounds(() -> {
            rounds.incrementAndGet();
            throw new IllegalStateException("a failure of a test");
        });
        time.advance(INTERVAL);
        awaitThreads();
        time.advance(INTERVAL);
        awaitThreads();
        assertThat(rounds).hasValue(2);
    }

    @Test
    void aThreadThatCannotBeStartedCostsOneRound() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        PurgeRounds all = new PurgeRounds(
                time,
                work -> {
                    if (tries.incrementAndGet() == 1) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    started.add(new Thread(work));
                    return started.get(0);
                },
                rounds::incrementAndGet);
        all.start(INTERVAL);
        time.advance(INTERVAL);
        assertThat(started).isEmpty();
        time.advance(INTERVAL);
        awaitThreads();
        assertThat(rounds).hasValue(1);
    }

    @Test
    void aRoundThatTakesLongIsNotDoubledAndIsInterruptedByTheClose() throws Exception {
        BlockingQueue<Boolean> interrupted = new ArrayBlockingQueue<>(1);
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        PurgeRounds all = rounds(() -> {
            begun.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.add(true);
            }
        });
        time.advance(INTERVAL);
        begun.await();
        time.advance(INTERVAL.multipliedBy(3));
        assertThat(started).hasSize(1);
        all.close();
        assertThat(interrupted.take()).isTrue();
        awaitThreads();
    }
}
