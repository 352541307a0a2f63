package dev.ratelimit.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The loads of a cache by their keys: at most one that can be joined for each.
 *
 * <p>{@link Load} is one load. {@link LoadsInProgress} finds it by its key, {@link LoadRunner} calls its loader,
 * {@link LoadSettlement} ends it, {@link StoredResults} keeps its result, and {@link LoadWait} waits for it.
 *
 * <p><b>Coalescing.</b> A caller that needs a load registers one. If the key has one already, the caller joins it
 * instead. Another load may begin and end between the caller's look into the store and its registration. So the caller
 * looks into the store again after it has registered. It then finds the other load's result, because a result is kept
 * before its load leaves the loads in progress. In this case that caller, and all callers that have joined its load by
 * then, start again. Each of them decides whether the value satisfies its own options.
 *
 * <p>The runtime's cache of callers' look-ups ({@code Resolved}) coalesces, too, but on the thread of its first caller,
 * and its callers wait for the end. A load has a thread and a deadline of its own, so that each caller can leave.
 *
 * <p><b>Invalidation</b> of a key is one atomic step of the store, and so is keeping a result. An invalidation removes
 * the slot, removes the loads from those in progress, and outdates them. A result is kept only if its load is not
 * outdated. In either order of the two steps, no older value is left, and no later caller joins an older load. An
 * invalidation of many keys handles loads first and slots second, because a load that ends moves from the loads in
 * progress to the store. The tags of a result are unknown until it arrives, so an invalidation by tag outdates all
 * loads.
 */
final class Loads<V> {

    private final String name;
    private final Store<V> store;
    private final Retention<V> keeping;
    private final LatestReading time;
    private final Counters counters;
    private final AtomicLong orders = new AtomicLong();
    private final LoadsInProgress<V> inProgress = new LoadsInProgress<>();
    private final LoadSettlement<V> settlement;
    private final LoadRunner<V> runner;
    private volatile boolean closed;

    Loads(
            CacheSettings<V> settings,
            Alarm alarm,
            Store<V> store,
            LatestReading time,
            Counters counters,
            SafeCacheListener reports) {
        this.name = settings.name();
        this.store = store;
        this.keeping = new Retention<>(settings);
        this.time = time;
        this.counters = counters;
        StoredResults<V> stored = new StoredResults<>(store, keeping, time, counters, orders::get);
        this.settlement = new LoadSettlement<>(store, keeping, inProgress, time, counters, reports, stored);
        this.runner = new LoadRunner<>(settings, settlement, counters, alarm);
    }

    /** The load that a caller waits for, and whether the caller began it. */
    record Joined<V>(Load<V> load, boolean own) {}

    /** Joins the load of a key, or begins one. A load that turns out not to be needed is settled as overtaken. */
    Joined<V> join(ValueLocation<V> location, ReadOptions options, Loader<V> call) {
        Load<?> within = NestedLoads.current();
        requireNoCircle(!NestedLoads.isWithin(inProgress, location.key(), within));
        Load<V> current = inProgress.joinable(location.key());
        if (current != null) {
            return joined(current, within);
        }
        Load<V> mine = load(within, location, Load.Kind.SHARED, call);
        current = inProgress.joinOrAdd(mine);
        if (current != null) {
            return joined(current, within);
        }
        if (isOvertaken(mine, options)) {
            return new Joined<>(mine, false);
        }
        begin(mine);
        return new Joined<>(mine, true);
    }

    private Joined<V> joined(Load<V> load, @Nullable Load<?> within) {
        if (within != null) {
            requireNoCircle(NestedLoads.waits(within, load));
            runner.bringForward(load, within);
        }
        return new Joined<>(load, false);
    }

    /** Begins a load that no other caller can join. */
    Load<V> alone(ValueLocation<V> location, Load.Kind kind, Loader<V> call) {
        Load<?> within = NestedLoads.current();
        requireNoCircle(!NestedLoads.isWithin(inProgress, location.key(), within));
        Load<V> load = load(within, location, kind, call);
        inProgress.addAlone(load);
        begin(load);
        return load;
    }

    private Load<V> load(@Nullable Load<?> within, ValueLocation<V> location, Load.Kind kind, Loader<V> call) {
        return new Load<>(inProgress, within, location, kind, time.now(), orders.incrementAndGet(), call);
    }

    private static void requireNoCircle(boolean none) {
        if (!none) {
            throw new LoadFailedException(LoadFailedException.Reason.CIRCULAR, CacheState.MISS, null);
        }
    }

    /**
     * Begins a registered load, or ends it if the cache was closed. {@link #close} ends the loads that were registered
     * before.
     */
    private void begin(Load<V> load) {
        if (load.parent != null) {
            load.parent.waitsFor.add(load);
        }
        if (closed) {
            endAsClosed(load);
        } else {
            runner.begin(load);
        }
    }

    /**
     * Begins a refresh, for which no caller waits, unless the key has a load that can be joined, or no place is free. A
     * refresh of kind {@code OWN} begins unless the key has another such one. It does not prevent a shared refresh,
     * because its result may be for its caller only.
     */
    void refresh(ValueLocation<V> location, Load.Kind kind, Loader<V> call) {
        if (inProgress.joinable(location.key()) != null || closed || !runner.tryTakePlace()) {
            return;
        }
        Load<V> load = null;
        try {
            Load<V> mine = load(null, location, kind, call);
            if (kind != Load.Kind.SHARED) {
                load = inProgress.addRenewal(mine) ? mine : null;
            } else if (inProgress.joinOrAdd(mine) == null && !isOvertaken(mine, ReadOptions.any())) {
                load = mine;
            }
        } finally {
            if (load == null) {
                runner.giveBackPlace();
            }
        }
        if (load != null && closed) {
            runner.giveBackPlace();
            endAsClosed(load);
        } else if (load != null) {
            runner.beginInPlace(load);
        }
    }

    /** Looks into the store again after a load was registered. Other callers may have joined it by then. */
    private boolean isOvertaken(Load<V> load, ReadOptions options) {
        try {
            Slot<V> slot = store.look(load.key);
            long now = time.now();
            boolean isThere = slot instanceof Slot.Entry<V> entry && entry.isHit(options, now);
            boolean isElsewhere = slot instanceof Slot.Varying && load.location.varying() != null;
            if (isThere || isElsewhere) {
                settlement.overtaken(load);
                return true;
            }
            return false;
        } catch (RuntimeException | Error e) {
            settlement.broken(load, e);
            throw e;
        }
    }

    /** Keeps a value as if it had been loaded now. */
    boolean put(CacheKey key, V value) {
        requireOpen();
        long now = time.now();
        Freshness freshness = keeping.freshness(value);
        Retention.Judged<V> judged = keeping.judge(key, value, freshness, orders.incrementAndGet(), now);
        if (judged.what() == Retention.What.ERROR) {
            return false;
        }
        if (judged.what() == Retention.What.PASS) {
            counters.tooLarge.increment();
        }
        replace(key, keeping.after(key, null, judged, now));
        if (closed) {
            invalidate(key);
            return false;
        }
        return judged.what() == Retention.What.KEEP;
    }

    /** Removes everything known of a key. Loads in progress do not change it afterwards. */
    void invalidate(CacheKey key) {
        replace(key, null);
    }

    private void replace(CacheKey key, @Nullable Slot<V> slot) {
        store.change(key, before -> {
            inProgress.outdate(key);
            return slot;
        });
    }

    void invalidate(Predicate<CacheKey> keys) {
        inProgress.forEachKey(keys, this::invalidate);
        store.forEach(keys, slot -> true, this::invalidate);
    }

    void invalidateTag(String tag) {
        Predicate<@Nullable Slot<V>> hasTag =
                slot -> slot instanceof Slot.Entry<V> entry && entry.tags().contains(tag);
        inProgress.forEachKey(
                key -> true,
                key -> store.change(key, before -> {
                    inProgress.outdate(key);
                    return hasTag.test(before) ? null : before;
                }));
        store.forEach(key -> true, hasTag, key -> store.change(key, before -> hasTag.test(before) ? null : before));
    }

    /** Ends a load at its deadline, on behalf of a caller that has waited until then. */
    void overdue(Load<V> load) {
        runner.overdue(load);
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the cache \"" + name + "\" is closed");
        }
    }

    /** Ends the loads in progress, and removes all entries. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        invalidate(key -> true);
        List<Load<V>> ended = new ArrayList<>();
        inProgress.forEachUnsettled(load -> {
            if (settleAsClosed(load)) {
                ended.add(load);
            }
        });
        // Only after all are settled: otherwise a released place would begin a queued load.
        ended.forEach(Load::abandon);
    }

    private void endAsClosed(Load<V> load) {
        if (settleAsClosed(load)) {
            load.abandon();
        }
    }

    private boolean settleAsClosed(Load<V> load) {
        return settlement.failed(load, new Outcome.Failed<>(LoadFailedException.Reason.CLOSED, null));
    }
}
