package dev.ratelimit.cache;

import org.jspecify.annotations.Nullable;

/**
 * Settles loads: keeps the result, removes the load from the loads in progress, and then completes the waiting
 * callers, in this order. The first thread that reports an end settles the load.
 *
 * <p>The kind of a load decides what its result may change. {@link StoredResults} makes the changes.
 */
final class LoadSettlement<V> {

    private final Store<V> store;
    private final Retention<V> keeping;
    private final LoadsInProgress<V> inProgress;
    private final LatestReading time;
    private final Counters counters;
    private final SafeCacheListener reports;
    private final StoredResults<V> stored;

    LoadSettlement(
            Store<V> store,
            Retention<V> keeping,
            LoadsInProgress<V> inProgress,
            LatestReading time,
            Counters counters,
            SafeCacheListener reports,
            StoredResults<V> stored) {
        this.store = store;
        this.keeping = keeping;
        this.inProgress = inProgress;
        this.time = time;
        this.counters = counters;
        this.reports = reports;
        this.stored = stored;
    }

    /** Returns the stored value that a load may validate. */
    @Nullable
    V stored(Load<V> load) {
        try {
            return store.look(load.key) instanceof Slot.Entry<V> entry && time.now() - entry.keptUntil() < 0
                    ? entry.value()
                    : null;
        } catch (RuntimeException | Error e) {
            reports.cacheFailed(e);
            return null;
        }
    }

    /** Counts a result that came too late. */
    void discarded() {
        counters.discardedResults.increment();
    }

    void cacheFailed(Throwable failure) {
        reports.cacheFailed(failure);
    }

    /** Settles a load with a value, which is discarded if the load is settled already. */
    void succeeded(Load<V> load, V value) {
        if (!load.settle()) {
            discarded();
            return;
        }
        Outcome<V> outcome;
        try {
            outcome = keep(load, value);
        } catch (RuntimeException | Error e) {
            reports.cacheFailed(e);
            outcome = new Outcome.Loaded<>(Slot.Entry.passing(value, 0, 0), 0, false, Outcome.Audience.ONE);
        }
        tell(load, outcome);
        if (outcome instanceof Outcome.Erred) {
            counters.loadFailures.increment();
            reports.loadFailed(new Outcome.Failed<>(LoadFailedException.Reason.FAILED, null));
        } else {
            reports.loaded(time.now() - load.startedAt);
        }
    }

    private Outcome<V> keep(Load<V> load, V value) {
        long now = time.now();
        Freshness freshness = keeping.freshness(value);
        boolean isEmpty = freshness.isError() || freshness.isGone();
        ValueLocation<V> location = isEmpty ? load.location : load.location.of(value);
        Retention.Judged<V> judged = location == null
                ? keeping.refused(value, now)
                : keeping.judge(location.key(), value, freshness, load.order, now);
        Retention.What what = judged.what();
        if (what == Retention.What.PASS) {
            counters.tooLarge.increment();
        }
        boolean elsewhere = location != null && !location.key().equals(load.key);
        boolean isKept = load.kind.counts(what) && stored.took(load, location, judged, now);
        return switch (what) {
            case ERROR -> new Outcome.Erred<>(judged.entry(), now);
            case REFUSE -> new Outcome.Loaded<>(judged.entry(), now, isKept, Outcome.Audience.ONE);
            case PASS -> {
                Outcome.Audience audience = freshness.isPerRequest()
                        ? Outcome.Audience.EACH
                        : elsewhere ? Outcome.Audience.ONE : Outcome.Audience.ALL;
                yield new Outcome.Loaded<>(judged.entry(), now, isKept, audience);
            }
            case REMOVE -> {
                // The names of variants are not kept, so only a value without variants is for all callers.
                ValueLocation<V> own = load.location.of(value);
                boolean forAll = own != null && own.key().equals(load.key);
                Outcome.Audience audience = forAll ? Outcome.Audience.ALL : Outcome.Audience.ONE;
                yield new Outcome.Loaded<>(judged.entry(), now, isKept, audience);
            }
            case KEEP -> {
                Outcome.Audience audience = freshness.isPerRequest()
                        ? Outcome.Audience.EACH
                        : elsewhere ? Outcome.Audience.VARIANT : Outcome.Audience.ALL;
                yield new Outcome.Loaded<>(judged.entry(), now, isKept, audience);
            }
        };
    }

    /** Settles a load with the failure of its loader; false if it is settled already. */
    boolean failed(Load<V> load, Throwable cause) {
        return failed(load, new Outcome.Failed<>(LoadFailedException.Reason.FAILED, cause, keeping.isAnswer(cause)));
    }

    /** Settles a load with a failure; false if it is settled already. */
    boolean failed(Load<V> load, Outcome.Failed<V> failure) {
        if (!load.settle()) {
            return false;
        }
        boolean ofTheLoader = switch (failure.reason()) {
            case FAILED, DEADLINE -> true;
            case REFUSED, IMPATIENT, INTERRUPTED, NOT_CACHED, CIRCULAR, CLOSED -> false;
        };
        if (ofTheLoader) {
            counters.loadFailures.increment();
        }
        try {
            if (ofTheLoader && load.kind.counts(Retention.What.ERROR)) {
                stored.took(load, failure);
            }
        } catch (RuntimeException | Error e) {
            reports.cacheFailed(e);
        }
        tell(load, failure);
        reports.loadFailed(failure);
        return true;
    }

    /** Settles a load that the cache has failed to begin. */
    void broken(Load<V> load, Throwable cause) {
        if (load.settle()) {
            reports.cacheFailed(cause);
            tell(load, new Outcome.Broken<>(cause));
        }
    }

    /** Settles a load that is not needed, because the store has an answer by now. */
    void overtaken(Load<V> load) {
        if (load.settle()) {
            tell(load, new Outcome.Overtaken<>());
        }
    }

    private void tell(Load<V> load, Outcome<V> outcome) {
        inProgress.remove(load);
        load.outcome().complete(outcome);
    }
}
