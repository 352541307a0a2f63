package dev.ratelimit.cache;

import dev.ratelimit.ScheduledTask;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What a caller gets who did not find a fresh value: a stale one, a remembered failure, or what a load ends with. */
final class Reads<V> {

    /** What a caller waits for, and how he came to it. */
    record Pending<V>(Load<V> load, CacheState state) {}

    private final Store<V> store;
    private final Loads<V> loads;
    private final LatestReading time;
    private final Counters counters;
    private final Alarm alarm;

    Reads(CacheSettings<V> settings, Store<V> store, Loads<V> loads, LatestReading time, Counters counters) {
        this.store = store;
        this.loads = loads;
        this.time = time;
        this.counters = counters;
        this.alarm = Alarm.of(settings.time());
    }

    /** The answer that needs no waiting, which may begin a refresh; null if a load is needed. */
    @Nullable
    Cached<V> withoutWaiting(
            CacheKey key,
            @Nullable Slot<V> slot,
            long now,
            ReadOptions options,
            Callable<CompletionStage<? extends V>> call) {
        if (slot instanceof Slot.Entry<V> entry && entry.age(now) <= options.maxAgeNanos()) {
            if (entry.isUsableWhileRenewed(now)) {
                if (!entry.isBackingOff(now)) {
                    loads.refresh(key, call);
                }
                return stale(entry, now);
            }
            if (entry.isUsableOnError(now) && entry.isBackingOff(now)) {
                return stale(entry, now);
            }
        }
        if (slot instanceof Slot.Failure<V> failure && now - failure.keptUntil() < 0) {
            counters.negativeHits.increment();
            throw new LoadFailedException(failure.reason(), CacheState.NEGATIVE, failure.cause());
        }
        return null;
    }

    /** Joins or begins the load that a caller needs. */
    Pending<V> load(
            CacheKey key,
            @Nullable Slot<V> slot,
            long now,
            ReadOptions options,
            Callable<CompletionStage<? extends V>> call) {
        if (slot instanceof Slot.Uncacheable<V> marker && now - marker.keptUntil() < 0) {
            return alone(key, call);
        }
        Loads.Joined<V> joined = loads.join(key, options.maxAgeNanos(), call);
        return new Pending<>(joined.load(), joined.own() ? CacheState.MISS : CacheState.COALESCED);
    }

    Pending<V> alone(CacheKey key, Callable<CompletionStage<? extends V>> call) {
        counters.bypasses.increment();
        return new Pending<>(loads.alone(key, call), CacheState.BYPASS);
    }

    /** Waits with the caller's thread. */
    Outcome<V> await(Pending<V> pending, ReadOptions options) {
        try {
            return outcome(pending, options).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed<>(LoadFailedException.Reason.INTERRUPTED, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the caller is told, by the end of his patience at the latest. Cancelling it cancels only it. */
    CompletableFuture<Outcome<V>> outcome(Pending<V> pending, ReadOptions options) {
        CompletableFuture<Outcome<V>> outcome = pending.load().outcome();
        if (options.patience() == null || outcome.isDone()) {
            return outcome;
        }
        CompletableFuture<Outcome<V>> mine = outcome.copy();
        ScheduledTask end = alarm.after(
                Durations.nanos(options.patience()),
                () -> mine.complete(new Outcome.Failed<>(
                        LoadFailedException.Reason.IMPATIENT,
                        new TimeoutException("not loaded within " + options.patience()))));
        return mine.whenComplete((done, failure) -> end.cancel());
    }

    /** The answer of an outcome; null if the caller must not have another one's value, and needs a load of his own. */
    @Nullable
    Cached<V> answer(CacheKey key, Pending<V> pending, Outcome<V> outcome, ReadOptions options) {
        if (outcome instanceof Outcome.Loaded<V> loaded) {
            if (pending.state() == CacheState.COALESCED) {
                if (!loaded.shared()) {
                    return null;
                }
                counters.coalesced.increment();
            }
            return new Cached<>(loaded.value(), loaded.ageNanos(), pending.state());
        }
        Outcome.Failed<V> failed = (Outcome.Failed<V>) outcome;
        long now = time.now();
        if (store.look(key) instanceof Slot.Entry<V> entry
                && (entry.isUsableOnError(now) || entry.isUsableWhileRenewed(now) || entry.isFresh(now))
                && entry.age(now) <= options.maxAgeNanos()) {
            return stale(entry, now);
        }
        throw failed.asException(pending.state());
    }

    private Cached<V> stale(Slot.Entry<V> entry, long now) {
        counters.staleHits.increment();
        return entry.answer(now, CacheState.STALE);
    }
}
