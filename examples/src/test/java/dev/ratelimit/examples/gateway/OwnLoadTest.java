package dev.ratelimit.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A load is run by whoever waits for it, and by other threads if nobody does, or it is begun by another. */
@Timeout(60)
class OwnLoadTest {

    private final Queue<Runnable> others = new ArrayDeque<>();

    @Test
    void whoeverWaitsRunsTheLoad() throws Exception {
        OwnLoad<Thread> load = new OwnLoad<>(Thread::currentThread, others::add);
        CompletableFuture<Thread> answer = load.begin().toCompletableFuture();
        assertThat(answer).as("only begun").isNotDone();
        assertThat(load.await(answer)).isSameAs(Thread.currentThread());
        assertThat(others).isEmpty();
    }

    @Test
    void whoeverHasHisAnswerLeavesTheLoadToOthers() throws Exception {
        OwnLoad<String> load = new OwnLoad<>(() -> "new", others::add);
        CompletableFuture<String> renewed = load.begin().toCompletableFuture();
        assertThat(load.await(CompletableFuture.completedFuture("old"))).isEqualTo("old");
        assertThat(renewed).isNotDone();
        others.remove().run();
        assertThat(renewed).isCompletedWithValue("new");
    }

    @Test
    void whatIsBegunLaterOrByAnotherThreadOrAgainIsForOthers() throws Exception {
        OwnLoad<String> load = new OwnLoad<>(() -> "x", others::add);
        FutureTask<?> begin = new FutureTask<>(load::begin);
        Thread another = new Thread(begin);
        another.start();
        another.join();
        assertThat(others).hasSize(1);

        CompletableFuture<String> first = load.begin().toCompletableFuture();
        CompletableFuture<String> second = load.begin().toCompletableFuture();
        assertThat(others).hasSize(2);
        assertThat(load.await(first)).isEqualTo("x");
        assertThat(second).isNotDone();

        CompletableFuture<String> late = load.begin().toCompletableFuture();
        assertThat(others).hasSize(3);
        others.forEach(Runnable::run);
        assertThat(late).isCompletedWithValue("x");
        assertThat(second).isCompletedWithValue("x");
    }

    @Test
    void failuresReachWhoeverWaits() {
        OwnLoad<String> load = new OwnLoad<>(
                () -> {
                    throw new IOException("down");
                },
                others::add);
        CompletableFuture<String> answer = load.begin().toCompletableFuture();
        assertThatThrownBy(() -> load.await(answer))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("down");
    }

    @Test
    void anInterruptEndsTheLoadForAllAndTheWaitOfItsCaller() {
        OwnLoad<String> load = new OwnLoad<>(
                () -> {
                    throw new InterruptedException();
                },
                others::add);
        CompletableFuture<String> answer = load.begin().toCompletableFuture();
        assertThatThrownBy(() -> load.await(answer)).isInstanceOf(InterruptedException.class);
        assertThat(answer).isCompletedExceptionally();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
