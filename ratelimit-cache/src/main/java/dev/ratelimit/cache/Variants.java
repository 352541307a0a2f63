package dev.ratelimit.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * The kept variants of one primary key, by their keys, and the choice of the variant to evict.
 *
 * <p>A variant that no caller has asked for since it was loaded is evicted before one that was asked for again. Among
 * the latter, the least recently used one is evicted first. So variants that a client invents, each for one request,
 * displace each other, and never a variant in use.
 *
 * <p>Variants are added by one thread at a time, while it changes the slot of the primary key.
 */
final class Variants {

    private static final int BYTES_OF_A_VARIANT = 100;

    /** The time between recorded uses: a variant that is used more often is in use, whatever the exact count. */
    private static final long NOTED_FOR_NANOS = 1_000_000;

    private static final class Use {
        private final long number;
        private long keptUntil;
        private volatile long askedAt;
        private volatile boolean again;
        private volatile boolean stored;

        Use(long number, long now) {
            this.number = number;
            this.askedAt = now;
        }
    }

    private final Map<CacheKey, Use> uses = new ConcurrentHashMap<>();
    private final AtomicInteger bytes = new AtomicInteger();
    private long added;

    /**
     * Adds a variant, or updates its expiry; returns the keys of the variants that it evicts.
     *
     * @param isKept whether a variant is still in the store, which may have removed it for other reasons
     */
    List<CacheKey> add(CacheKey key, long keptUntil, int most, long now, Predicate<CacheKey> isKept) {
        List<CacheKey> gone = new ArrayList<>();
        if (!uses.containsKey(key)) {
            uses.forEach((other, use) -> {
                if (now - use.keptUntil >= 0 || (use.stored && !isKept.test(other))) {
                    remove(other, gone);
                }
            });
            while (uses.size() >= most) {
                remove(leastUseful(now), gone);
            }
        }
        uses.computeIfAbsent(key, unknown -> {
                    bytes.addAndGet(BYTES_OF_A_VARIANT + key.length());
                    return new Use(added++, now);
                })
                .keptUntil = keptUntil;
        return gone;
    }

    /** Records that a variant is in the store. Variants are added here first. */
    void stored(CacheKey key) {
        Use use = uses.get(key);
        if (use != null) {
            use.stored = true;
        }
    }

    private CacheKey leastUseful(long now) {
        // Instants may wrap, so their distances from now are compared.
        return uses.entrySet().stream()
                .min(Comparator.<Map.Entry<CacheKey, Use>, Boolean>comparing(entry -> entry.getValue().again)
                        .thenComparing(entry -> entry.getValue().askedAt - now)
                        .thenComparing(entry -> entry.getValue().number))
                .orElseThrow()
                .getKey();
    }

    private void remove(CacheKey key, List<CacheKey> gone) {
        if (uses.remove(key) != null) {
            bytes.addAndGet(-BYTES_OF_A_VARIANT - key.length());
            gone.add(key);
        }
    }

    /** Records that a caller has asked for a kept variant. */
    void asked(CacheKey key, long now) {
        Use use = uses.get(key);
        if (use != null && (!use.again || now - use.askedAt >= NOTED_FOR_NANOS)) {
            use.again = true;
            use.askedAt = now;
        }
    }

    boolean contains(CacheKey key) {
        return uses.containsKey(key);
    }

    Collection<CacheKey> keys() {
        return List.copyOf(uses.keySet());
    }

    /** The bytes that this list counts, without the variants themselves. */
    int bytes() {
        return bytes.get();
    }
}
