package dev.ratelimit.cache.http;

import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.Freshness;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bound on how many variants of one address are kept at once. It knows the addresses with variants that were loaded
 * last, so it is bounded itself; what it has forgotten, the bounds of the cache still hold.
 */
final class VariantBound {

    /** So that variants which are validated each time count, too. */
    private static final Duration SHORTEST = Duration.ofMinutes(1);

    private final int mostVariants;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<CacheKey, Map<Integer, Instant>> variants;

    VariantBound(int mostVariants, int mostAddresses) {
        this.mostVariants = mostVariants;
        this.variants = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<CacheKey, Map<Integer, Instant>> eldest) {
                return size() > mostAddresses;
            }
        };
    }

    /** Whether a variant may be kept: it counts from now on, until it is of no use any more. */
    boolean admits(CacheKey address, CacheKey variant, Freshness freshness, Instant now) {
        lock.lock();
        try {
            Map<Integer, Instant> kept = variants.computeIfAbsent(address, unknown -> new HashMap<>());
            kept.values().removeIf(until -> !until.isAfter(now));
            // By its hash, as clients make the keys as long as they like; two that collide count once, which is
            // harmless.
            int hash = variant.hashCode();
            if (kept.size() >= mostVariants && !kept.containsKey(hash)) {
                return false;
            }
            kept.put(hash, now.plus(useful(freshness)));
            return true;
        } finally {
            lock.unlock();
        }
    }

    void forget(CacheKey address) {
        lock.lock();
        try {
            variants.remove(address);
        } finally {
            lock.unlock();
        }
    }

    private static Duration useful(Freshness freshness) {
        Duration left = freshness.freshFor().minus(freshness.age());
        return left.compareTo(SHORTEST) < 0 ? SHORTEST : left;
    }
}
