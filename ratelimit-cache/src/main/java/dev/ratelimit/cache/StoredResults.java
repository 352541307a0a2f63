package dev.ratelimit.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Applies the result of a load to the store, under the key where callers now look for it. It never overwrites the
 * result of a load that began later, as long as the store keeps that result. The cache remembers nothing of a result
 * that has expired, so the result of an older load, which arrives after that, is kept.
 *
 * <p><b>A value of a varying key</b> is kept in two steps. The first step stores the names on which the value depends
 * with the primary key. The second step stores the value with the key of its variant. An invalidation may come between
 * the steps, or the variant may be evicted. So the names are checked again afterwards.
 *
 * <p><b>The order of loads</b> applies to a request, not only to a key: a value that depends on nothing answers the
 * requests for all variants, and one more name changes the keys of all variants. If such a change hides older values,
 * the results of older loads are no longer kept.
 */
final class StoredResults<V> {

    private final Store<V> store;
    private final Retention<V> keeping;
    private final LatestReading time;
    private final Counters counters;
    private final LongSupplier latestOrder;

    /**
     * @param latestOrder the order of the load that was begun last
     */
    StoredResults(
            Store<V> store, Retention<V> keeping, LatestReading time, Counters counters, LongSupplier latestOrder) {
        this.store = store;
        this.keeping = keeping;
        this.time = time;
        this.counters = counters;
        this.latestOrder = latestOrder;
    }

    /**
     * Applies a value, and returns whether it is kept.
     *
     * @param location its location by its own names; null if it depends on {@link VaryingKey#ANYTHING}
     */
    boolean took(Load<V> load, @Nullable ValueLocation<V> location, Retention.Judged<V> judged, long now) {
        if (location != null && location.varying() != null && judged.what() == Retention.What.KEEP) {
            return isKeptByNames(load, location, judged.entry(), now);
        }
        Slot<V> after = change(load, this::discarded, (key, before) -> keeping.after(key, before, judged, now));
        return after == judged.entry();
    }

    /** Applies a failure of the loader. */
    void took(Load<V> load, Outcome.Failed<V> failure) {
        // Before the change: it also tells the store the time, and the store then hides what has expired.
        long now = time.now();
        Slot<V> unused = change(
                load, () -> {}, (key, before) -> keeping.afterFailure(key, before, failure, load.isShared(), now));
    }

    /**
     * Changes the slot in which callers look for this load's request, and returns it; null for none, or if it did not
     * change.
     */
    private @Nullable Slot<V> change(
            Load<V> load, Runnable whenTooOld, BiFunction<CacheKey, @Nullable Slot<V>, @Nullable Slot<V>> change) {
        ValueLocation<V> location = locationNow(load);
        AtomicReference<@Nullable Slot<V>> changed = new AtomicReference<>();
        if (location == null) {
            whenTooOld.run();
            return null;
        }
        store.change(location.key(), before -> {
            if (load.isOutdated() || load.isOlderThan(before)) {
                whenTooOld.run();
                return before;
            }
            if (before instanceof Slot.Varying && location.varying() != null) {
                // The names became known just now.
                return before;
            }
            Slot<V> after = change.apply(location.key(), before);
            changed.set(after);
            return after;
        });
        return changed.get();
    }

    /**
     * Returns where callers now look for the load's request; null if the names were removed or have changed since it
     * began.
     */
    private @Nullable ValueLocation<V> locationNow(Load<V> load) {
        ValueLocation<V> location = load.location;
        if (location.varying() == null) {
            return location;
        }
        Slot<V> primary = store.look(location.primary());
        if (primary instanceof Slot.Varying<V> known) {
            return isOf(known, load) && !load.isOlderThan(known) ? location.by(known) : null;
        }
        return location.generation() == 0 ? location : null;
    }

    private static <V> boolean isOf(Slot.Varying<V> known, Load<V> load) {
        long generation = load.location.generation();
        return generation == 0 || generation == known.generation();
    }

    private boolean isKeptByNames(Load<V> load, ValueLocation<V> location, Slot.Entry<V> entry, long now) {
        AtomicReference<@Nullable Slot<V>> names = new AtomicReference<>();
        List<CacheKey> gone = new ArrayList<>();
        store.change(location.primary(), before -> {
            Slot<V> after = primary(load, location, before, entry, gone, now);
            names.set(after);
            return after == null ? before : after;
        });
        gone.forEach(key -> store.remove(key, Removal.SIZE));
        if (!(names.get() instanceof Slot.Varying<V> known)) {
            if (names.get() == null) {
                discarded();
            }
            return names.get() == entry;
        }
        CacheKey key = location.by(known).key();
        store.change(key, before -> load.isOlderThan(before) ? before : entry);
        known.variants().stored(key);
        boolean isFound = store.look(location.primary()) instanceof Slot.Varying<V> since
                && since.variants().contains(key);
        if (load.isOutdated() || !isFound) {
            store.removeIf(key, slot -> slot == entry, load.isOutdated() ? Removal.INVALIDATED : Removal.SIZE);
        }
        boolean isKept = store.look(key) == entry;
        if (!isKept) {
            discarded();
        }
        return isKept;
    }

    /** Returns the primary key's new slot; null if the value must not be kept. */
    private @Nullable Slot<V> primary(
            Load<V> load,
            ValueLocation<V> location,
            @Nullable Slot<V> before,
            Slot.Entry<V> entry,
            List<CacheKey> gone,
            long now) {
        if (load.isOutdated() || load.isOlderThan(before)) {
            return null;
        }
        if (before instanceof Slot.Varying<V> known) {
            // With new names the request has another key: its value by the previous key may be newer.
            boolean isOlder =
                    load.isOlderThan(store.lookQuietly(location.by(known).key()));
            return isOf(known, load) && !isOlder
                    ? keeping.varying(known, location, entry, latestOrder.getAsLong(), gone, now, this::isStored)
                    : null;
        }
        if (load.location.generation() != 0) {
            return null;
        }
        return location.names().isEmpty() ? entry : keeping.varying(before, location, entry, now);
    }

    private boolean isStored(CacheKey key) {
        return store.lookQuietly(key) != null;
    }

    private void discarded() {
        counters.discardedResults.increment();
    }
}
