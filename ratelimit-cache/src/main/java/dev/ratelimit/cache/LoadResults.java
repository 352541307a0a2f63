package dev.ratelimit.cache;

import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a load that has ended: its result is kept, it is taken off the register, and then those who wait for it are
 * told, in this order. A load is settled by the first who says how it has ended.
 *
 * <p><b>A value that depends on more</b> than its load was registered by is kept by the key of its variant, once the names are
 * remembered by the primary key; that is one step with an invalidation of the primary key, which leaves the variants behind where
 * nobody finds them. An invalidation by tag may come between that step and the keeping of the value, so that is looked at again
 * afterwards; one that comes later still finds the value, as it looks through the slots last.
 */
final class LoadResults<V> {

    private final Store<V> store;
    private final Keeping<V> keeping;
    private final ConcurrentMap<CacheKey, Load<V>> underWay;
    private final LatestReading time;
    private final Counters counters;
    private final Reports reports;

    LoadResults(
            Store<V> store,
            Keeping<V> keeping,
            ConcurrentMap<CacheKey, Load<V>> underWay,
            LatestReading time,
            Counters counters,
            Reports reports) {
        this.store = store;
        this.keeping = keeping;
        this.underWay = underWay;
        this.time = time;
        this.counters = counters;
        this.reports = reports;
    }

    /** A result that came too late. */
    void discarded() {
        counters.discardedResults.increment();
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
        reports.loaded(time.now() - load.startedAt);
    }

    private Outcome<V> keep(Load<V> load, V value) {
        long now = time.now();
        Place<V> place = load.place.of(value);
        Keeping.Kept<V> kept =
                place == null ? keeping.uncacheable(load.key, value, 0, now) : keeping.of(place.key(), value, now);
        if (kept.tooLarge()) {
            counters.tooLarge.increment();
        }
        boolean elsewhere = place != null && !place.key().equals(load.key);
        if (load.joinable) {
            if (place != null && elsewhere && kept.slot() instanceof Slot.Entry) {
                keepVariant(load, place, kept.slot());
            } else {
                keepHere(load, kept);
            }
        }
        boolean isValue = kept.slot() instanceof Slot.Entry;
        boolean isKept = load.joinable && isValue && !load.isOutdated();
        Outcome.Audience audience = !kept.shared() || (elsewhere && !isValue)
                ? Outcome.Audience.ONE
                : elsewhere ? Outcome.Audience.VARIANT : Outcome.Audience.ALL;
        return new Outcome.Loaded<>(kept.entry(), now, isKept, audience);
    }

    private void keepHere(Load<V> load, Keeping.Kept<V> kept) {
        store.change(load.key, before -> {
            if (load.isOutdated()) {
                discarded();
                return before;
            }
            return before instanceof Slot.Varying && !(kept.slot() instanceof Slot.Entry) ? before : kept.slot();
        });
    }

    private void keepVariant(Load<V> load, Place<V> place, Slot<V> slot) {
        AtomicReference<Slot.@Nullable Varying<V>> names = new AtomicReference<>();
        store.change(place.primary(), before -> {
            Slot.Varying<V> after = load.isOutdated() ? null : keeping.varying(load.place, before, place, slot);
            names.set(after);
            return after == null ? before : after;
        });
        if (names.get() == null) {
            discarded();
            return;
        }
        CacheKey key = place.by(names.get()).key();
        store.change(key, before -> slot);
        if (load.isOutdated()) {
            discarded();
            store.change(key, now -> now == slot ? null : now);
        }
    }

    /** Says that a load has failed; false if something was said of it before. */
    boolean failed(Load<V> load, Outcome.Failed<V> failure) {
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
        underWay.remove(load.key, load);
        load.outcome().complete(outcome);
    }
}
