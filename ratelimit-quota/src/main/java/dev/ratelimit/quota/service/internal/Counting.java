package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way in which a service counts amounts, chosen once by its store and its settings. Thread-safe. */
sealed interface Counting {

    /** Returns the way for a store and settings. */
    static Counting of(
            QuotaSettings settings,
            AllOrNothing store,
            Adjustments adjustments,
            Decisions decisions,
            ServiceContext surroundings) {
        QuotaStore inner = settings.store();
        if (settings.term() != null) {
            Prefetching prefetching =
                    new Prefetching(store, adjustments, settings.term(), surroundings.time(), surroundings.executor());
            return new Prefetched(prefetching, new Lanes(store, prefetching), store, decisions);
        }
        if (inner instanceof MemoryStore memory && memory.isBy(settings.clock())) {
            return new InMemory(memory, new Each(store, adjustments), decisions);
        }
        return inner.isLocal()
                ? new Each(store, adjustments)
                : new Together(new Lanes(store, null), store, adjustments);
    }

    /**
     * Decides a request on a shorter path, without counters' names. Returns null, and does nothing, if there is no such
     * path.
     */
    default @Nullable QuotaDecision onShortPath(CurrentWindow[] windows, String key, long amount, long nowMillis) {
        return null;
    }

    /** Counts a request. */
    Answer ask(String key, Request request);

    /** Returns the usages of the counters, as far as this service knows them. */
    List<QuotaUsage> used(String key, List<Target> targets);

    /** Grants a request from prefetched units, without the store. Returns null if they do not suffice. */
    default Answer.@Nullable Counted grantPrefetched(String key, Request request) {
        return null;
    }

    /** Returns the answer that {@link #grantPrefetched} would give, and takes nothing. */
    default Answer.@Nullable Counted lookPrefetched(String key, Request request) {
        return null;
    }

    /** Gives back a key's prefetched units before another change of its counters. Returns whether there were any. */
    default boolean giveBackPrefetched(String key) {
        return false;
    }

    /** Gives back the prefetched units of all keys before another change of their counters. */
    default void giveBackAllPrefetched() {}

    /** Returns the number of prefetched units that are not granted yet. */
    default long prefetchedUnits() {
        return 0;
    }

    /** Gives back all prefetched units, and prefetches no more. */
    default void close() {}

    /** Counts each request by itself, in a store that answers faster than requests could be combined. */
    record Each(AllOrNothing store, Adjustments adjustments) implements Counting {

        @Override
        public Answer ask(String key, Request request) {
            return store.ask(request, Deadline.never());
        }

        @Override
        public List<QuotaUsage> used(String key, List<Target> targets) {
            return adjustments.read(targets);
        }
    }

    /** Counts each request by itself in this process's store. For one quota it makes no operation of the request. */
    record InMemory(MemoryStore memory, Each otherwise, Decisions decisions) implements Counting {

        @Override
        public @Nullable QuotaDecision onShortPath(CurrentWindow[] windows, String key, long amount, long nowMillis) {
            CurrentWindow window = windows[0];
            CurrentWindow.Bounds bounds = window.at(nowMillis);
            if (windows.length != 1 || bounds.window().isEndless()) {
                // Several quotas need a group, and credit may have raised the limit of an endless window.
                return null;
            }
            Quota quota = window.quota();
            Outcome.Counted counted = memory.acquireIfThere(bounds, key, amount, quota.limit(), nowMillis);
            if (counted == null) {
                return null;
            }
            QuotaUsage usage = new QuotaUsage(quota, counted.used(), bounds.window());
            return decisions.of(window, usage, key, counted.granted() > 0, amount, nowMillis);
        }

        @Override
        public Answer ask(String key, Request request) {
            return otherwise.ask(key, request);
        }

        @Override
        public List<QuotaUsage> used(String key, List<Target> targets) {
            return otherwise.used(key, targets);
        }
    }

    /** Combines concurrent requests for one key into one call. */
    record Together(Lanes lanes, AllOrNothing store, Adjustments adjustments) implements Counting {

        @Override
        public Answer ask(String key, Request request) {
            return lanes.ask(key, request, store.deadline());
        }

        @Override
        public List<QuotaUsage> used(String key, List<Target> targets) {
            return adjustments.read(targets);
        }
    }

    /** Grants requests for a busy key from units that were prefetched before. */
    record Prefetched(Prefetching prefetching, Lanes lanes, AllOrNothing store, Decisions decisions)
            implements Counting {

        @Override
        public @Nullable QuotaDecision onShortPath(CurrentWindow[] windows, String key, long amount, long nowMillis) {
            PrefetchedUnits prefetched = prefetching.of(key);
            if (prefetched == null || !prefetched.serves(windows, nowMillis)) {
                return null;
            }
            long left = prefetched.take(amount);
            return left < 0
                    ? null
                    : decisions.of(key, prefetched.targets(), prefetched.without(left), amount, nowMillis);
        }

        @Override
        public Answer ask(String key, Request request) {
            return lanes.ask(key, request, store.deadline());
        }

        @Override
        public List<QuotaUsage> used(String key, List<Target> targets) {
            return prefetching.used(key, targets);
        }

        @Override
        public Answer.@Nullable Counted grantPrefetched(String key, Request request) {
            return prefetching.grant(key, request);
        }

        @Override
        public Answer.@Nullable Counted lookPrefetched(String key, Request request) {
            return prefetching.look(key, request);
        }

        @Override
        public boolean giveBackPrefetched(String key) {
            return prefetching.giveBack(key);
        }

        @Override
        public void giveBackAllPrefetched() {
            prefetching.giveBackAll();
        }

        @Override
        public long prefetchedUnits() {
            return prefetching.units();
        }

        @Override
        public void close() {
            prefetching.close();
        }
    }
}
