package dev.ratelimit.cache;

import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import com.github.benmanes.caffeine.cache.stats.StatsCounter;
import java.util.concurrent.atomic.LongAdder;

/** Counts of one cache. Caffeine tells it of evictions; its hits are not ours, which have to be fresh. */
final class Counters implements StatsCounter {

    final LongAdder hits = new LongAdder();
    final LongAdder staleHits = new LongAdder();
    final LongAdder negativeHits = new LongAdder();
    final LongAdder coalesced = new LongAdder();
    final LongAdder bypasses = new LongAdder();
    final LongAdder loads = new LongAdder();
    final LongAdder loadFailures = new LongAdder();
    final LongAdder refusedLoads = new LongAdder();
    final LongAdder abandonedLoads = new LongAdder();
    final LongAdder discardedResults = new LongAdder();
    final LongAdder tooLarge = new LongAdder();
    final LongAdder evictedForSize = new LongAdder();
    final LongAdder expired = new LongAdder();
    final LongAdder cacheFailures = new LongAdder();

    CacheStatistics statistics(long entries, long bytes) {
        return new CacheStatistics(
                hits.sum(),
                staleHits.sum(),
                negativeHits.sum(),
                coalesced.sum(),
                bypasses.sum(),
                loads.sum(),
                loadFailures.sum(),
                refusedLoads.sum(),
                abandonedLoads.sum(),
                discardedResults.sum(),
                tooLarge.sum(),
                evictedForSize.sum(),
                expired.sum(),
                cacheFailures.sum(),
                entries,
                bytes);
    }

    @Override
    public void recordEviction(int weight, RemovalCause cause) {
        (cause == RemovalCause.EXPIRED ? expired : evictedForSize).increment();
    }

    @Override
    public void recordHits(int count) {}

    @Override
    public void recordMisses(int count) {}

    @Override
    public void recordLoadSuccess(long loadTime) {}

    @Override
    public void recordLoadFailure(long loadTime) {}

    @Override
    public CacheStats snapshot() {
        return CacheStats.empty();
    }
}
