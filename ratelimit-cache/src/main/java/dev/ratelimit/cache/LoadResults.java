package dev.ratelimit.cache;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a load that has ended: its result is kept, it is taken off the register, and then those who wait for it are
 * told, in this order. A load is settled by the first who says how it has ended.
 *
 * <p><b>What a result may change</b> depends on the kind of its load; and no result changes a value that a later load has
 * brought.
 *
 * <p><b>A value that depends on more</b> than its load was registered by is kept by the key of its variant, once the names are
 * remembered by the primary key; that is one step with an invalidation of the primary key, which leaves the variants behind where
 * nobody finds them. An invalidation by tag may come between that step and the keeping of the value, so that is looked at again
 * afterwards; one that comes later still finds the value, as it looks through the slots last.
 */
final class LoadResults<V> {

    private final Store<V> store;
    private final Keeping<V> keeping;
    private final LoadRegister<V> register;
    private final LatestReading time;
    private final Counters counters;
    private final Reports reports;

    LoadResults(
            Store<V> store,
            Keeping<V> keeping,
            LoadRegister<V> register,
            LatestReading time,
            Counters counters,
            Reports reports) {
        this.store = store;
        this.keeping = keeping;
        this.register = register;
        this.time = time;
        this.counters = counters;
        this.reports = reports;
    }

    /** The value that a load may validate. */
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

    /** A result that came too late. */
    void discarded() {
        counters.discardedResults.increment();
    }

    void cacheFailed(Throwable failure) {
        reports.cacheFailed(failure);
    }

    /** Says that a load has ended with a value, which is discarded if something was said of it before. */
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
        Place<V> place = isEmpty ? load.place : load.place.of(value);
        Keeping.Judged<V> judged = place == null
                ? keeping.refused(value, now)
                : keeping.judge(place.key(), value, freshness, load.order, now);
        Keeping.What what = judged.what();
        if (what == Keeping.What.PASS) {
            counters.tooLarge.increment();
        }
        boolean elsewhere = place != null && !place.key().equals(load.key);
        boolean isKept = false;
        if (load.kind.counts(what)) {
            boolean isVariant = elsewhere && what == Keeping.What.KEEP;
            if (place != null && isVariant) {
                isKept = keepVariant(load, place, judged.entry());
            } else {
                isKept = keepHere(load, judged, now);
            }
        }
        return switch (what) {
            case ERROR -> new Outcome.Erred<>(judged.entry(), now);
            case REFUSE -> new Outcome.Loaded<>(judged.entry(), now, isKept, Outcome.Audience.ONE);
            case PASS -> {
                Outcome.Audience audience = elsewhere ? Outcome.Audience.ONE : Outcome.Audience.ALL;
                yield new Outcome.Loaded<>(judged.entry(), now, isKept, audience);
            }
            case REMOVE -> {
                // Nothing is kept that would tell variants apart, so only a value that has none is for all.
                Place<V> own = load.place.of(value);
                boolean forAll = own != null && own.key().equals(load.key);
                Outcome.Audience audience = forAll ? Outcome.Audience.ALL : Outcome.Audience.ONE;
                yield new Outcome.Loaded<>(judged.entry(), now, isKept, audience);
            }
            case KEEP -> {
                Outcome.Audience audience = elsewhere ? Outcome.Audience.VARIANT : Outcome.Audience.ALL;
                yield new Outcome.Loaded<>(judged.entry(), now, isKept, audience);
            }
        };
    }

    /** Keeps the names that lead to a variant for as long as the variant. */
    private void keepNames(Place<V> place, long until) {
        store.change(
                place.primary(),
                before -> before instanceof Slot.Varying<V> known
                                && known.generation() == place.generation()
                                && until - known.keptUntil() > 0
                        ? new Slot.Varying<>(known.names(), known.generation(), until, known.weight())
                        : before);
    }

    /** Whether the value is kept. */
    private boolean keepHere(Load<V> load, Keeping.Judged<V> judged, long now) {
        AtomicReference<@Nullable Slot<V>> kept = new AtomicReference<>();
        store.change(load.key, before -> {
            if (load.isOutdated() || load.isOlderThan(before)) {
                discarded();
                return before;
            }
            if (before instanceof Slot.Varying && judged.what() != Keeping.What.KEEP) {
                return before;
            }
            Slot<V> after = keeping.after(load.key, before, judged, now);
            kept.set(after);
            return after;
        });
        boolean isKept = kept.get() == judged.entry();
        if (isKept && load.place.generation() != 0) {
            keepNames(load.place, judged.entry().keptUntil());
        }
        return isKept;
    }

    /** Whether the value is kept. */
    private boolean keepVariant(Load<V> load, Place<V> place, Slot<V> slot) {
        AtomicReference<Slot.@Nullable Varying<V>> names = new AtomicReference<>();
        store.change(place.primary(), before -> {
            Slot.Varying<V> after = load.isOutdated() ? null : keeping.varying(load.place, before, place, slot);
            names.set(after);
            return after == null ? before : after;
        });
        if (names.get() == null) {
            discarded();
            return false;
        }
        CacheKey key = place.by(names.get()).key();
        store.change(key, before -> load.isOlderThan(before) ? before : slot);
        if (load.isOutdated()) {
            discarded();
            store.change(key, now -> now == slot ? null : now);
            return false;
        }
        return true;
    }

    /** Says that a loader has failed; false if something was said of the load before. */
    boolean failed(Load<V> load, Throwable cause) {
        return failed(load, new Outcome.Failed<>(LoadFailedException.Reason.FAILED, cause, keeping.isAnswer(cause)));
    }

    /** Says that a load has failed; false if something was said of it before. */
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
            if (ofTheLoader && load.kind.counts(Keeping.What.ERROR)) {
                store.change(
                        load.key,
                        before -> load.isOutdated() || load.isOlderThan(before) || before instanceof Slot.Varying
                                ? before
                                : keeping.afterFailure(load.key, before, failure, load.isShared(), time.now()));
            }
        } catch (RuntimeException | Error e) {
            reports.cacheFailed(e);
        }
        tell(load, failure);
        reports.loadFailed(failure);
        return true;
    }

    /** Says that the cache has failed to begin a load. */
    void broken(Load<V> load, Throwable cause) {
        if (load.settle()) {
            reports.cacheFailed(cause);
            tell(load, new Outcome.Broken<>(cause));
        }
    }

    /** Says that a load is not needed, as there is something by now. */
    void overtaken(Load<V> load) {
        if (load.settle()) {
            tell(load, new Outcome.Overtaken<>());
        }
    }

    private void tell(Load<V> load, Outcome<V> outcome) {
        register.remove(load);
        load.outcome().complete(outcome);
    }
}
