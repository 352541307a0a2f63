package dev.ratelimit.cache;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** The counters of one cache. Caffeine's own counters do not fit, because its hits need not be fresh. */
final class Counters {

    final LongAdder hits = new LongAdder();
    final LongAdder staleHits = new LongAdder();
    final LongAdder negativeHits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder coalesced = new LongAdder();
    final LongAdder bypasses = new LongAdder();
    final LongAdder loads = new LongAdder();
    final LongAdder loadFailures = new LongAdder();
    final LongAdder refusedLoads = new LongAdder();
    final LongAdder abandonedLoads = new LongAdder();
    final LongAdder discardedResults = new LongAdder();
    final LongAdder tooLarge = new LongAdder();
    final LongAdder cacheFailures = new LongAdder();

    private final Map<Removal, LongAdder> removals = new EnumMap<>(Removal.class);

    Counters() {
        for (Removal cause : Removal.values()) {
            removals.put(cause, new LongAdder());
        }
    }

    /** Counts a request once, when it ends, by the state of its answer or failure. */
    void answered(CacheState state) {
        switch (state) {
            case HIT -> hits.increment();
            case STALE -> staleHits.increment();
            case NEGATIVE -> negativeHits.increment();
            case MISS -> misses.increment();
            case COALESCED -> coalesced.increment();
            case BYPASS -> bypasses.increment();
        }
    }

    void removed(Removal cause) {
        adder(cause).increment();
    }

    private LongAdder adder(Removal cause) {
        return Objects.requireNonNull(removals.get(cause));
    }

    CacheStatistics statistics(long entries, long bytes) {
        return new CacheStatistics(
                hits.sum(),
                staleHits.sum(),
                negativeHits.sum(),
                misses.sum(),
                coalesced.sum(),
                bypasses.sum(),
                loads.sum(),
                loadFailures.sum(),
                refusedLoads.sum(),
                abandonedLoads.sum(),
                discardedResults.sum(),
                tooLarge.sum(),
                adder(Removal.SIZE).sum(),
                adder(Removal.EXPIRED).sum(),
                adder(Removal.INVALIDATED).sum(),
                adder(Removal.REPLACED).sum(),
                cacheFailures.sum(),
                entries,
                bytes);
    }
}
