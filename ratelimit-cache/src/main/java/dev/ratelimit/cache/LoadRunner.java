package dev.ratelimit.cache;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of loaders: within the bound of {@link LoadGate}, on the executor's threads, and up to a deadline. At the
 * deadline a load is settled as failed, and its loader is interrupted. A call holds its place until the loader has
 * ended.
 *
 * <p>A nested load shares the {@link LoadGate.Place} of its outer load, so it never waits for a place that the outer
 * load holds.
 *
 * <p>Whatever fails here, each load that was begun is settled, and each place that was taken is released.
 */
final class LoadRunner<V> {

    private final CacheSettings<V> settings;
    private final LoadSettlement<V> settlement;
    private final Counters counters;
    private final Alarm alarm;
    private final LoadGate gate;

    LoadRunner(CacheSettings<V> settings, LoadSettlement<V> settlement, Counters counters, Alarm alarm) {
        this.settings = settings;
        this.settlement = settlement;
        this.counters = counters;
        this.alarm = alarm;
        this.gate = new LoadGate(settings.maxLoads(), settings.maxQueuedLoads());
    }

    /** Begins a load, now or when it is its turn. */
    void begin(Load<V> load) {
        if (!prepare(load)) {
            return;
        }
        LoadGate.Place place = placeAround(load.parent, load.cache);
        if (place == null) {
            enter(load, gate, gate::leave, () -> {});
        } else {
            beginWithin(place, load);
        }
    }

    /** Begins a queued load in the place of the load that waits for it. Does nothing if the queued load has begun. */
    void bringForward(Load<V> load, Load<?> waiting) {
        LoadGate.Place place = placeAround(waiting, load.cache);
        if (place == null) {
            return;
        }
        if (load.withdraw()) {
            beginWithin(place, load);
        } else {
            place.leave();
        }
    }

    /** Holds the place of the nearest outer load of this cache once more, and returns it; null for none. */
    private static LoadGate.@Nullable Place placeAround(@Nullable Load<?> innermost, Object cache) {
        for (Load<?> load = innermost; load != null; load = load.parent) {
            LoadGate.Place place = load.cache == cache ? load.place() : null;
            if (place != null && place.hold()) {
                return place;
            }
        }
        return null;
    }

    /** Takes a place without waiting. The caller then begins a load in it, or releases it. */
    boolean tryTakePlace() {
        return gate.tryTake();
    }

    void giveBackPlace() {
        gate.leave();
    }

    /** Begins a load in the place that was taken for it. */
    void beginInPlace(Load<V> load) {
        if (prepare(load)) {
            dispatch(load, gate::leave);
        } else {
            gate.leave();
        }
    }

    /** Prepares a load; false if this has failed, and the load is settled. */
    private boolean prepare(Load<V> load) {
        try {
            // On the caller's thread, because the user's function reads the context of that thread.
            Runnable task = settings.context().apply(() -> run(load));
            load.task(Objects.requireNonNull(task, "the task of carryContext"));
            load.deadline(alarm.after(Durations.nanos(settings.loadDeadline()), () -> overdue(load)));
            return true;
        } catch (RuntimeException | Error e) {
            settlement.broken(load, e);
            return false;
        }
    }

    /**
     * Begins a load in its outer load's place, which is held for it. If another nested load uses that place, begins it
     * in a free one.
     */
    private void beginWithin(LoadGate.Place place, Load<V> load) {
        LoadGate within = place.within();
        Runnable giveBack = () -> {
            within.leave();
            place.leave();
        };
        if (within.tryTake()) {
            dispatch(load, giveBack);
        } else if (gate.tryTake()) {
            place.leave();
            dispatch(load, gate::leave);
        } else {
            enter(load, within, giveBack, place::leave);
        }
    }

    private void enter(Load<V> load, LoadGate at, Runnable giveBack, Runnable whenWithdrawn) {
        if (!load.enter(at, () -> dispatch(load, giveBack), whenWithdrawn)) {
            whenWithdrawn.run();
            refuse(load, null);
        }
    }

    /** Ends a load whose deadline has come. */
    void overdue(Load<V> load) {
        load.withdraw();
        Duration deadline = settings.loadDeadline();
        Outcome.Failed<V> failure =
                new Outcome.Failed<>(LoadFailedException.Reason.DEADLINE, Retention.overdue(deadline));
        if (settlement.failed(load, failure)) {
            if (load.hasPlace() && load.start()) {
                // The executor has not run it, and may have dropped it: nothing else would give the place back.
                load.leave();
            }
            counters.abandonedLoads.increment();
            load.abandon();
        }
    }

    /**
     * Starts the load in a place that was taken for it. Never throws, because it is called while places are handed out.
     */
    private void dispatch(Load<V> load, Runnable giveBack) {
        load.place(new LoadGate.Place(giveBack, settings.maxQueuedLoads()));
        try {
            settings.executor().execute(() -> runInContext(load));
        } catch (RejectedExecutionException e) {
            load.leave();
            refuse(load, e);
        } catch (RuntimeException | Error e) {
            load.leave();
            settlement.broken(load, e);
        }
    }

    private void refuse(Load<V> load, @Nullable Throwable cause) {
        if (settlement.failed(load, new Outcome.Failed<>(LoadFailedException.Reason.REFUSED, cause))) {
            counters.refusedLoads.increment();
        }
    }

    private void runInContext(Load<V> load) {
        Throwable trouble = null;
        try {
            load.task().run();
        } catch (RuntimeException | Error e) {
            trouble = e;
        }
        if (load.start()) {
            load.leave();
            settlement.broken(
                    load,
                    trouble != null
                            ? trouble
                            : new IllegalStateException(
                                    "the task of carryContext must run the task that it was given"));
        } else if (trouble != null) {
            settlement.cacheFailed(trouble);
        }
    }

    private void run(Load<V> load) {
        if (!load.start()) {
            return;
        }
        if (load.isSettled()) {
            load.leave();
            return;
        }
        counters.loads.increment();
        load.stored(settlement.stored(load));
        NestedLoads.call(load);
        CompletionStage<? extends V> stage = load.running();
        if (stage == null) {
            load.leave();
            fail(load, load.failure());
            return;
        }
        whenEnded(stage, (value, failure) -> {
            load.leave();
            if (failure != null) {
                fail(load, failure);
            } else if (value == null) {
                fail(load, new NullPointerException("the loader returned null, but a value is never null"));
            } else {
                settlement.succeeded(load, value);
            }
        });
    }

    /** Calls back once, even if the stage is user code that calls back twice, or throws on registration. */
    private static <T> void whenEnded(
            CompletionStage<? extends T> stage, BiConsumer<@Nullable T, @Nullable Throwable> action) {
        AtomicBoolean ended = new AtomicBoolean();
        try {
            // The stage that is returned ends well. That of whenComplete would wrap a failure, which asks it for its
            // text.
            CompletionStage<?> unused = stage.handle((value, failure) -> {
                if (ended.compareAndSet(false, true)) {
                    action.accept(value, failure);
                }
                return null;
            });
        } catch (RuntimeException | Error e) {
            if (ended.compareAndSet(false, true)) {
                action.accept(null, e);
            }
        }
    }

    private void fail(Load<V> load, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!settlement.failed(load, cause)) {
            settlement.discarded();
        }
    }
}
