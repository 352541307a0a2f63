package dev.ratelimit.runtime.resolve;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The answers and the look-ups under way, by the fingerprints of their keys.
 *
 * <p><b>Invalidation</b> and storing an answer are each one atomic step of the cache's map. Invalidation removes the
 * key and marks the look-up under way as outdated. Storing does nothing if the look-up is outdated. So in either order,
 * no earlier answer stays. A later caller does not wait for an earlier look-up either: it begins its own, though the
 * other may not have ended.
 *
 * <p>Thread-safe.
 *
 * @param <V> the type of the answers
 */
final class RememberedAnswers<V> {

    private final Cache<Long, RememberedAnswer<V>> remembered;
    private final ConcurrentMap<Long, Lookup<V>> underWay = new ConcurrentHashMap<>();

    RememberedAnswers(int maxEntries) {
        this.remembered = Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .executor(Runnable::run)
                .build();
    }

    /** Returns the answer for a key, fresh or not; null for none. */
    @Nullable
    RememberedAnswer<V> find(long fingerprint) {
        return remembered.getIfPresent(fingerprint);
    }

    /** Returns all answers, fresh or not. */
    Collection<RememberedAnswer<V>> all() {
        return remembered.asMap().values();
    }

    /** Registers a look-up, and returns null; or returns the look-up of the key that is under way. */
    @Nullable
    Lookup<V> joinOrAdd(long fingerprint, Lookup<V> lookup) {
        return underWay.putIfAbsent(fingerprint, lookup);
    }

    /** Removes a look-up that ends. Its answer must have been stored before. */
    void remove(long fingerprint, Lookup<V> lookup) {
        underWay.remove(fingerprint, lookup);
    }

    /** Stores the answer of a look-up, unless the look-up is outdated. */
    void store(long fingerprint, Lookup<V> lookup, RememberedAnswer<V> answer) {
        remembered.asMap().compute(fingerprint, (same, before) -> lookup.isOutdated() ? before : answer);
    }

    /** Forgets a key. A look-up that is under way still answers the callers that wait for it, and is not stored. */
    void invalidate(long fingerprint) {
        remembered.asMap().compute(fingerprint, (same, known) -> {
            Lookup<V> current = underWay.remove(fingerprint);
            if (current != null) {
                current.outdate();
            }
            return null;
        });
    }

    /** Forgets all keys, as {@link #invalidate} does. */
    void invalidateAll() {
        // In this order, because a look-up that ends meanwhile moves from the first map to the second.
        underWay.keySet().forEach(this::invalidate);
        remembered.asMap().keySet().forEach(this::invalidate);
    }

    long size() {
        remembered.cleanUp();
        return remembered.estimatedSize();
    }
}
