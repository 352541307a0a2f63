package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.Deadline;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a service has amounts counted: chosen once, by its store and its settings. Thread-safe. */
sealed interface Counting {

    /** The way that suits a store and settings. */
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

    /** The decision on a shorter way, without counters' names; null, and nothing done, where there is none. */
    default @Nullable QuotaDecision maxConcurrent(CurrentWindow[] windows, String key, long amount, long nowMillis) {
        return null;
    }

    /** Has a request counted. */
    Answer ask(String key, Request request);

    /** What is used of the counters, as far as this service can tell. */
    List<QuotaUsage> used(String key, List<Target> targets);

    /** Grants a request without the store, from what is prefetched; null if that does not suffice. */
    default Answer.@Nullable Counted grantPrefetched(String key, Request request) {
        return null;
    }

    /** What {@link #grantPrefetched} would answer; takes nothing. */
    default Answer.@Nullable Counted lookPrefetched(String key, Request request) {
        return null;
    }

    /** Gives back what is prefetched of a key, before its counters are changed otherwise; says whether there was something. */
    default boolean giveBackPrefetched(String key) {
        return false;
    }

    /** Gives back what is prefetched of all keys, before their counters are changed otherwise. */
    default void giveBackAllPrefetched() {}

    /** How many units are prefetched now, and not granted. */
    default long prefetchedUnits() {
        return 0;
    }

    /** Gives back all that is prefetched, and prefetches nothing more. */
    default void close() {}

    /** Each request by itself, in a store that answers sooner than requests could be put together. */
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

    /** Each by itself in this process's store, where one quota is counted without making operations of requests. */
    record InMemory(MemoryStore memory, Each otherwise, Decisions decisions) implements Counting {

        @Override
        public @Nullable QuotaDecision maxConcurrent(CurrentWindow[] windows, String key, long amount, long nowMillis) {
            CurrentWindow window = windows[0];
            CurrentWindow.Bounds bounds = window.at(nowMillis);
            if (windows.length != 1 || bounds.window().isEndless()) {
                // Several are a group; and a limit without end may have been raised by credit.
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

    /** Requests for one key that meet go together. */
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

    /** Requests for a busy key take from what was prefetched before. */
    record Prefetched(Prefetching prefetching, Lanes lanes, AllOrNothing store, Decisions decisions)
            implements Counting {

        @Override
        public @Nullable QuotaDecision maxConcurrent(CurrentWindow[] windows, String key, long amount, long nowMillis) {
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
