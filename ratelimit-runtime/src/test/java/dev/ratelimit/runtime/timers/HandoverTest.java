package dev.ratelimit.runtime.timers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class HandoverTest {

    private final List<String> log = new ArrayList<>();

    @Test
    void withoutAnExecutorItIsTheTaskItself() {
        Runnable task = () -> log.add("run");
        assertThat(Handover.of(task, null)).isSameAs(task);
    }

    @Test
    void theExecutorRunsTheTaskWhenItLikes() {
        List<Runnable> queue = new ArrayList<>();
        Handover.of(() -> log.add("run"), queue::add).run();
        assertThat(log).isEmpty();
        queue.get(0).run();
        queue.get(0).run();
        assertThat(log).containsExactly("run");
    }

    @Test
    void anExecutorThatRefusesDoesNotLoseTheTask() {
        Executor full = task -> {
            throw new RejectedExecutionException("full");
        };
        Handover.of(() -> log.add("run"), full).run();
        assertThat(log).containsExactly("run");
        Executor broken = task -> {
            throw new OutOfMemoryError("no thread");
        };
        Handover.of(() -> log.add("run"), broken).run();
        assertThat(log).containsExactly("run", "run");
    }

    @Test
    void whatIsNamedRunsWhatAnExecutorRefuses() {
        List<Runnable> elsewhere = new ArrayList<>();
        Executor full = task -> {
            throw new RejectedExecutionException("full");
        };
        Handover.of(() -> log.add("run"), full, elsewhere::add).run();
        assertThat(log).isEmpty();
        elsewhere.get(0).run();
        assertThat(log).containsExactly("run");
    }

    @Test
    void anExecutorThatRefusesWhatItHasRunDoesNotRunItTwice() {
        Executor confused = task -> {
            task.run();
            throw new RejectedExecutionException("after all");
        };
        assertThatThrownBy(() -> Handover.of(() -> log.add("run"), confused).run())
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(log).containsExactly("run");
    }

    @Test
    void whatTheTaskThrowsIsNoRefusal() {
        IllegalStateException own = new IllegalStateException("own");
        Runnable task = () -> {
            log.add("run");
            throw own;
        };
        assertThatThrownBy(() -> Handover.of(task, Runnable::run).run()).isSameAs(own);
        assertThat(log).containsExactly("run");
    }
}
