package dev.ratelimit.cache;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The loads of a cache by their keys: at most one that can be joined for each.
 *
 * <p><b>Coalescing.</b> Who needs a load registers one; if there is one already, he joins it instead. Another load may come and
 * go between a caller's look into the store and his registration, so he looks again once he is registered; what the other
 * has found is there, because a load's result is kept before it is taken off the register. Then he, and who has joined him by
 * then, begin anew: each of them knows best whether it will do.
 *
 * <p><b>Invalidation</b> of a key is one atomic step of the store, and so is keeping a result. The one forgets the slot, takes the
 * load off the register and outdates it; the other keeps unless the load is outdated. Whichever comes first, nothing of
 * before is left, and nobody who asks afterwards joins a load of before. Where many keys are invalidated, loads come first
 * and slots second, as a load that ends goes from the first to the second. What tags a result will have, nobody knows
 * before, so an invalidation by tag outdates all loads.
 */
final class Loads<V> {

    private final Store<V> store;
    private final Keeping<V> keeping;
    private final LatestReading time;
    private final Counters counters;
    private final ConcurrentMap<CacheKey, Load<V>> underWay = new ConcurrentHashMap<>();
    private final LoadResults<V> results;
    private final LoadCalls<V> calls;

    Loads(CacheSettings<V> settings, Store<V> store, LatestReading time, Counters counters, Reports reports) {
        this.store = store;
        this.keeping = new Keeping<>(settings);
        this.time = time;
        this.counters = counters;
        this.results = new LoadResults<>(store, keeping, underWay, time, counters, reports);
        this.calls = new LoadCalls<>(settings, results, counters);
    }

    /** The load that a caller is to wait for, and whether it is his own. */
    record Joined<V>(Load<V> load, boolean own) {}

    /** Joins the load of a key, or begins it; one that turns out not to be needed is overtaken. */
    Joined<V> join(Place<V> place, long maxAge, Callable<CompletionStage<? extends V>> call) {
        Load<V> mine = new Load<>(place, time.now(), true, call);
        Load<V> current = underWay.putIfAbsent(place.key(), mine);
        if (current != null) {
            return new Joined<>(current, false);
        }
        if (isOvertaken(mine, maxAge)) {
            return new Joined<>(mine, false);
        }
        calls.begin(mine);
        return new Joined<>(mine, true);
    }

    /** Begins a load that nobody can join, and whose result is not kept. */
    Load<V> alone(Place<V> place, Callable<CompletionStage<? extends V>> call) {
        Load<V> load = new Load<>(place, time.now(), false, call);
        calls.begin(load);
        return load;
    }

    /** Begins a load that nobody waits for, unless there is one already, or no place for it. */
    void refresh(Place<V> place, Callable<CompletionStage<? extends V>> call) {
        if (underWay.containsKey(place.key()) || !calls.tryTakePlace()) {
            return;
        }
        Load<V> load = null;
        try {
            Load<V> mine = new Load<>(place, time.now(), true, call);
            if (underWay.putIfAbsent(place.key(), mine) == null && !isOvertaken(mine, Long.MAX_VALUE)) {
                load = mine;
            }
        } finally {
            if (load == null) {
                calls.giveBackPlace();
            }
        }
        if (load != null) {
            calls.beginInPlace(load);
        }
    }

    /** Looks again, once a load is registered. Others may have joined it by then. */
    private boolean isOvertaken(Load<V> load, long maxAge) {
        try {
            long now = time.now();
            Slot<V> slot = store.look(load.key);
            boolean isThere = slot instanceof Slot.Entry<V> entry && entry.isFresh(now) && entry.age(now) <= maxAge;
            boolean isElsewhere = slot instanceof Slot.Varying && load.place.varying() != null;
            if (isThere || isElsewhere) {
                results.overtaken(load);
                return true;
            }
            return false;
        } catch (RuntimeException | Error e) {
            results.broken(load, e);
            throw e;
        }
    }

    /** Puts a slot in place, or none. Loads that are under way do not replace it. */
    void replace(CacheKey key, @Nullable Slot<V> slot) {
        store.change(key, before -> {
            outdate(key);
            return slot;
        });
    }

    private void outdate(CacheKey key) {
        Load<V> load = underWay.remove(key);
        if (load != null) {
            load.outdate();
        }
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
        underWay.keySet().stream().filter(keys).forEach(key -> replace(key, null));
        store.forEach(keys, slot -> true, key -> replace(key, null));
    }

    void invalidateTag(String tag) {
        Predicate<@Nullable Slot<V>> hasTag =
                slot -> slot instanceof Slot.Entry<V> entry && entry.tags().contains(tag);
        underWay.keySet()
                .forEach(key -> store.change(key, before -> {
                    outdate(key);
                    return hasTag.test(before) ? null : before;
                }));
        store.forEach(key -> true, hasTag, key -> store.change(key, before -> hasTag.test(before) ? null : before));
    }
}
