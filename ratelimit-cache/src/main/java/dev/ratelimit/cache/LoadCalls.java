package dev.ratelimit.cache;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The calls of loaders: within the bound of {@link LoadGate}, on the executor's threads, and to a deadline, at which a load is
 * settled as failed and its loader interrupted. A call holds its place until the loader has ended.
 *
 * <p>Whatever goes wrong here, a load that was begun is settled, and a place that was taken is given back.
 */
final class LoadCalls<V> {

    private final CacheSettings<V> settings;
    private final LoadResults<V> results;
    private final Counters counters;
    private final Alarm alarm;
    private final LoadGate gate;

    LoadCalls(CacheSettings<V> settings, LoadResults<V> results, Counters counters) {
        this.settings = settings;
        this.results = results;
        this.counters = counters;
        this.alarm = Alarm.of(settings.time());
        this.gate = new LoadGate(settings.maximumLoads(), settings.maximumQueuedLoads());
    }

    /** Begins a load, now or when it is its turn. */
    void begin(Load<V> load) {
        Runnable dispatch;
        try {
            Runnable task = task(load);
            Runnable begins = () -> dispatch(load, task);
            setDeadline(load, () -> gate.withdraw(begins));
            dispatch = begins;
        } catch (RuntimeException | Error e) {
            results.broken(load, e);
            return;
        }
        if (!gate.enter(dispatch)) {
            refuse(load, null);
        }
    }

    /** Takes a place for a load that is not to wait for one; who has it begins a load there, or gives it back. */
    boolean tryTakePlace() {
        return gate.tryTake();
    }

    void giveBackPlace() {
        gate.leave();
    }

    /** Begins a load in the place that was taken for it. */
    void beginInPlace(Load<V> load) {
        Runnable task;
        try {
            task = task(load);
            setDeadline(load, () -> {});
        } catch (RuntimeException | Error e) {
            gate.leave();
            results.broken(load, e);
            return;
        }
        dispatch(load, task);
    }

    /** The call of the loader, with what the user takes from the caller's thread, which this runs on. */
    private Runnable task(Load<V> load) {
        return Objects.requireNonNull(settings.context().apply(() -> run(load)), "the task of carryContext");
    }

    private void setDeadline(Load<V> load, Runnable alsoAtDeadline) {
        Duration deadline = settings.loadDeadline();
        load.deadline(alarm.after(Durations.nanos(deadline), () -> {
            alsoAtDeadline.run();
            Outcome.Failed<V> failure =
                    new Outcome.Failed<>(LoadFailedException.Reason.DEADLINE, Keeping.overdue(deadline));
            if (results.failed(load, failure)) {
                counters.abandonedLoads.increment();
                load.abandon();
            }
        }));
    }

    /** Has the load run, in a place that was taken for it. Never throws: it is called where places are handed out. */
    private void dispatch(Load<V> load, Runnable task) {
        try {
            settings.executor().execute(() -> runInContext(load, task));
        } catch (RejectedExecutionException e) {
            gate.leave();
            refuse(load, e);
        } catch (RuntimeException | Error e) {
            gate.leave();
            results.broken(load, e);
        }
    }

    private void refuse(Load<V> load, @Nullable Throwable cause) {
        if (results.failed(load, new Outcome.Failed<>(LoadFailedException.Reason.REFUSED, cause))) {
            counters.refusedLoads.increment();
        }
    }

    private void runInContext(Load<V> load, Runnable task) {
        Throwable trouble = null;
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            trouble = e;
        }
        if (load.start()) {
            gate.leave();
            results.broken(
                    load,
                    trouble != null
                            ? trouble
                            : new IllegalStateException("the task of carryContext must run the task that it was given"));
        } else if (trouble != null) {
            results.cacheFailed(trouble);
        }
    }

    private void run(Load<V> load) {
        if (!load.start()) {
            return;
        }
        if (load.isSettled()) {
            gate.leave();
            return;
        }
        counters.loads.increment();
        load.stored(results.stored(load));
        load.call.run();
        CompletionStage<? extends V> stage;
        try {
            stage = load.call.get();
        } catch (ExecutionException e) {
            gate.leave();
            fail(load, e.getCause() == null ? e : e.getCause());
            return;
        } catch (CancellationException e) {
            gate.leave();
            results.discarded();
            return;
        } catch (InterruptedException e) {
            // The call has ended, so this cannot be; but no place is ever lost.
            gate.leave();
            fail(load, e);
            return;
        }
        load.running(stage);
        CompletableFuture<?> unused = ended(stage).whenComplete((value, failure) -> {
            gate.leave();
            if (failure != null) {
                fail(load, failure);
            } else if (value == null) {
                fail(load, new NullPointerException("the loader returned null, but a value is never null"));
            } else {
                results.succeeded(load, value);
            }
        });
    }

    /** Ends as the stage does, once, also if the stage is somebody's own that throws when it is asked to. */
    private static <T> CompletableFuture<T> ended(CompletionStage<? extends T> stage) {
        CompletableFuture<T> end = new CompletableFuture<>();
        try {
            stage.whenComplete((value, failure) -> {
                if (failure == null) {
                    end.complete(value);
                } else {
                    end.completeExceptionally(failure);
                }
            });
        } catch (RuntimeException e) {
            end.completeExceptionally(e);
        }
        return end;
    }

    private void fail(Load<V> load, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!results.failed(load, cause)) {
            results.discarded();
        }
    }
}
