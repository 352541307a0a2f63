package dev.ratelimit.cache;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The loads in progress by their keys: for each key one load that callers may join, and any number of loads for one
 * caller alone.
 */
final class LoadsInProgress<V> {

    private final ConcurrentMap<CacheKey, Load<V>> shared = new ConcurrentHashMap<>();
    private final ConcurrentMap<CacheKey, Set<Load<V>>> alone = new ConcurrentHashMap<>();

    /** The refreshes in the background that callers may not join: one for each key. */
    private final ConcurrentMap<CacheKey, Load<V>> renewals = new ConcurrentHashMap<>();

    /** All loads, including outdated ones, until they are settled. */
    private final Set<Load<V>> unsettled = ConcurrentHashMap.newKeySet();

    /** Registers a load that callers may join, and returns null; or returns the load that is there. */
    @Nullable
    Load<V> joinOrAdd(Load<V> load) {
        Load<V> current = shared.putIfAbsent(load.key, load);
        if (current == null) {
            unsettled.add(load);
        }
        return current;
    }

    /** The load of a key that callers may join; null for none. */
    @Nullable
    Load<V> joinable(CacheKey key) {
        return shared.get(key);
    }

    void addAlone(Load<V> load) {
        unsettled.add(load);
        alone.compute(load.key, (key, before) -> {
            Set<Load<V>> loads = before == null ? new HashSet<>() : before;
            loads.add(load);
            return loads;
        });
    }

    /** Registers a load for one caller alone, which renews a value; false if there is one already. */
    boolean addRenewal(Load<V> load) {
        if (renewals.putIfAbsent(load.key, load) != null) {
            return false;
        }
        addAlone(load);
        return true;
    }

    /** Removes a settled load from the loads in progress. */
    void remove(Load<V> load) {
        unsettled.remove(load);
        if (load.isShared()) {
            shared.remove(load.key, load);
        } else {
            renewals.remove(load.key, load);
            alone.computeIfPresent(load.key, (key, loads) -> {
                loads.remove(load);
                return loads.isEmpty() ? null : loads;
            });
        }
    }

    /** Outdates all loads of a key that are in progress. No caller joins one of them afterwards. */
    void outdate(CacheKey key) {
        Load<V> load = shared.remove(key);
        if (load != null) {
            load.outdate();
        }
        renewals.remove(key);
        alone.computeIfPresent(key, (same, loads) -> {
            loads.forEach(Load::outdate);
            return null;
        });
    }

    /** Applies an action to each load that is not settled. */
    void forEachUnsettled(Consumer<Load<V>> action) {
        unsettled.forEach(action);
    }

    /** Applies an action to each matching key that has a load in progress. */
    void forEachKey(Predicate<CacheKey> keys, Consumer<CacheKey> action) {
        shared.keySet().stream().filter(keys).forEach(action);
        alone.keySet().stream().filter(keys).forEach(action);
    }
}
