package dev.ratelimit.cache;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The loads of a cache: at most one that can be joined for each key, and so many at once.
 *
 * <p><b>Coalescing.</b> Who needs a load registers one; if there is one already, he joins it instead. Another load may come and
 * go between a caller's look into the store and his registration, so he looks again once he is registered; what the other
 * has found is there, because a load's result is kept before it is taken off the register.
 *
 * <p><b>Invalidation</b> of a key is one atomic step of the store, and so is keeping a result. The one forgets the slot, takes the
 * load off the register and outdates it; the other keeps unless the load is outdated. Whichever comes first, nothing of
 * before is left, and nobody who asks afterwards joins a load of before. Where many keys are invalidated, loads come first
 * and slots second, as a load that ends goes from the first to the second. What tags a result will have, nobody knows
 * before, so an invalidation by tag outdates all loads.
 *
 * <p><b>Deadlines.</b> At its deadline a load is settled as failed, and its loader is interrupted. It holds its place in
 * {@link LoadGate} until the loader has ended. A result that comes then is dropped.
 */
final class Loads<V> {

    private final CacheSettings<V> settings;
    private final Store<V> store;
    private final Keeping<V> keeping;
    private final LatestReading time;
    private final Counters counters;
    private final Reports reports;
    private final Alarm alarm;
    private final LoadGate gate;
    private final ConcurrentMap<CacheKey, Load<V>> underWay = new ConcurrentHashMap<>();

    Loads(CacheSettings<V> settings, Store<V> store, LatestReading time, Counters counters, Reports reports) {
        this.settings = settings;
        this.store = store;
        this.keeping = new Keeping<>(settings);
        this.time = time;
        this.counters = counters;
        this.reports = reports;
        this.alarm = Alarm.of(settings.time());
        this.gate = new LoadGate(settings.maximumLoads(), settings.maximumQueuedLoads());
    }

    /** The load that a caller is to wait for, and whether it is his own. */
    record Joined<V>(Load<V> load, boolean own) {}

    /** Joins the load of a key, or begins it. What is fresh by now settles it at once, if it is young enough. */
    Joined<V> join(CacheKey key, long maxAge, Callable<CompletionStage<? extends V>> call) {
        Load<V> mine = new Load<>(key, time.now(), true, call);
        Load<V> current = underWay.putIfAbsent(key, mine);
        if (current != null) {
            return new Joined<>(current, false);
        }
        if (isSettledByNow(mine, maxAge)) {
            return new Joined<>(mine, false);
        }
        begin(mine);
        return new Joined<>(mine, true);
    }

    /** Begins a load that nobody can join, and whose result is not kept. */
    Load<V> alone(CacheKey key, Callable<CompletionStage<? extends V>> call) {
        Load<V> load = new Load<>(key, time.now(), false, call);
        begin(load);
        return load;
    }

    /** Begins a load that nobody waits for, unless there is one already, or no place for it. */
    void refresh(CacheKey key, Callable<CompletionStage<? extends V>> call) {
        if (underWay.containsKey(key) || !gate.tryTake()) {
            return;
        }
        Load<V> load = new Load<>(key, time.now(), true, call);
        boolean needed = false;
        try {
            needed = underWay.putIfAbsent(key, load) == null && !isSettledByNow(load, Long.MAX_VALUE);
        } finally {
            if (!needed) {
                gate.leave();
            }
        }
        if (!needed) {
            return;
        }
        try {
            setDeadline(load, () -> {});
        } catch (RuntimeException e) {
            gate.leave();
            refuse(load, e);
            throw e;
        }
        dispatch(load);
    }

    /** Looks again, once a load is registered. Others may have joined it by then, so it is settled with what is found. */
    private boolean isSettledByNow(Load<V> load, long maxAge) {
        try {
            long now = time.now();
            if (store.look(load.key) instanceof Slot.Entry<V> entry
                    && entry.isFresh(now)
                    && entry.age(now) <= maxAge
                    && load.settle()) {
                underWay.remove(load.key, load);
                load.outcome().complete(new Outcome.Loaded<>(entry.value(), entry.age(now), true));
                return true;
            }
            return false;
        } catch (RuntimeException e) {
            refuse(load, e);
            throw e;
        }
    }

    private void begin(Load<V> load) {
        Runnable dispatch = () -> dispatch(load);
        try {
            setDeadline(load, () -> gate.withdraw(dispatch));
        } catch (RuntimeException e) {
            refuse(load, e);
            throw e;
        }
        if (!gate.enter(dispatch)) {
            refuse(load, null);
        }
    }

    private void setDeadline(Load<V> load, Runnable alsoAtDeadline) {
        Duration deadline = settings.loadDeadline();
        load.deadline(alarm.after(Durations.nanos(deadline), () -> {
            alsoAtDeadline.run();
            Outcome.Failed<V> failure =
                    new Outcome.Failed<>(LoadFailedException.Reason.DEADLINE, Keeping.overdue(deadline));
            if (settle(load, failure)) {
                counters.abandonedLoads.increment();
                load.abandon();
            }
        }));
    }

    /** Has the load run, in a place that was taken for it. Never throws: it is called where places are handed out. */
    private void dispatch(Load<V> load) {
        try {
            settings.executor().execute(() -> run(load));
        } catch (RejectedExecutionException e) {
            gate.leave();
            refuse(load, e);
        }
    }

    private void refuse(Load<V> load, @Nullable Throwable cause) {
        if (settle(load, new Outcome.Failed<>(LoadFailedException.Reason.REFUSED, cause))) {
            counters.refusedLoads.increment();
        }
    }

    private void run(Load<V> load) {
        if (load.isSettled()) {
            gate.leave();
            return;
        }
        counters.loads.increment();
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
            counters.discardedResults.increment();
            return;
        } catch (InterruptedException e) {
            // The call has ended, so this cannot be; but no place is ever lost.
            gate.leave();
            fail(load, e);
            return;
        }
        load.running(stage);
        stage.whenComplete((value, failure) -> {
            gate.leave();
            if (failure != null) {
                fail(load, failure);
            } else if (value == null) {
                fail(load, new NullPointerException("the loader returned null, but a value is never null"));
            } else {
                succeed(load, value);
            }
        });
    }

    private void fail(Load<V> load, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!settle(load, new Outcome.Failed<>(LoadFailedException.Reason.FAILED, cause))) {
            counters.discardedResults.increment();
        }
    }

    private void succeed(Load<V> load, V value) {
        if (!load.settle()) {
            counters.discardedResults.increment();
            return;
        }
        Outcome<V> outcome;
        try {
            outcome = keep(load, value);
        } catch (RuntimeException e) {
            reports.cacheFailed(e);
            outcome = new Outcome.Loaded<>(value, 0, false);
        }
        underWay.remove(load.key, load);
        load.outcome().complete(outcome);
        reports.loaded(time.now() - load.startedAt);
    }

    private Outcome<V> keep(Load<V> load, V value) {
        Keeping.Kept<V> kept = keeping.of(load.key, value, time.now());
        if (load.joinable) {
            store.change(load.key, before -> {
                if (load.isOutdated()) {
                    counters.discardedResults.increment();
                    return before;
                }
                return kept.slot();
            });
        }
        if (kept.tooLarge()) {
            counters.tooLarge.increment();
        }
        return new Outcome.Loaded<>(value, kept.age(), kept.shared());
    }

    /** Says that a load has failed, unless something was said of it before. */
    private boolean settle(Load<V> load, Outcome.Failed<V> failure) {
        if (!load.settle()) {
            return false;
        }
        boolean ofTheLoader = failure.reason() != LoadFailedException.Reason.REFUSED;
        if (ofTheLoader) {
            counters.loadFailures.increment();
        }
        try {
            if (load.joinable && ofTheLoader) {
                store.change(
                        load.key,
                        before -> load.isOutdated()
                                ? before
                                : keeping.afterFailure(load.key, before, failure, time.now()));
            }
        } catch (RuntimeException e) {
            reports.cacheFailed(e);
        }
        underWay.remove(load.key, load);
        load.outcome().complete(failure);
        reports.loadFailed(failure);
        return true;
    }

    /** Puts a slot in place, or none. Loads that are under way do not replace it. */
    void replace(CacheKey key, @Nullable Slot<V> slot) {
        store.change(key, before -> {
            Load<V> load = underWay.remove(key);
            if (load != null) {
                load.outdate();
            }
            return slot;
        });
    }

    /** Keeps a value as if it had been loaded now. */
    boolean put(CacheKey key, V value) {
        Keeping.Kept<V> kept = keeping.of(key, value, time.now());
        if (kept.tooLarge()) {
            counters.tooLarge.increment();
        }
        replace(key, kept.slot());
        return kept.slot() instanceof Slot.Entry;
    }

    void invalidate(Predicate<CacheKey> keys) {
        forgetLoads(keys);
        store.forEach(keys, slot -> true, key -> replace(key, null));
    }

    void invalidateTag(String tag) {
        Predicate<Slot<V>> hasTag =
                slot -> slot instanceof Slot.Entry<V> entry && entry.tags().contains(tag);
        underWay.keySet()
                .forEach(key -> store.change(key, before -> {
                    Load<V> load = underWay.remove(key);
                    if (load != null) {
                        load.outdate();
                    }
                    return before != null && hasTag.test(before) ? null : before;
                }));
        store.forEach(
                key -> true,
                hasTag,
                key -> store.change(key, before -> before != null && hasTag.test(before) ? null : before));
    }

    private void forgetLoads(Predicate<CacheKey> keys) {
        underWay.keySet().stream().filter(keys).forEach(key -> replace(key, null));
    }
}
