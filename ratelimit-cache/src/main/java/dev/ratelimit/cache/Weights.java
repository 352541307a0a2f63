package dev.ratelimit.cache;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The bytes that each slot counts; zero if the cache has no bound on bytes. */
final class Weights<V> {

    /** The bytes of the objects that hold a key's bytes and its value. */
    static final int OVERHEAD = 160;

    private static final int BYTES_OF_A_CHARACTER = 2;
    private static final int BYTES_OF_A_TEXT = 56;

    private final @Nullable ToLongFunction<? super V> weigher;
    private final ToLongFunction<Throwable> failureWeigher;

    Weights(CacheSettings<V> settings) {
        this.weigher = settings.weigher();
        this.failureWeigher = settings.failureWeigher();
    }

    /** Returns the bytes of an entry; more than the largest {@code int} if they are too many for any cache. */
    long of(CacheKey key, V value, Set<String> tags) {
        return weigher == null ? 0 : notNegative("weigher", weigher.applyAsLong(value)) + ofKey(key, tags);
    }

    long ofFailure(CacheKey key, @Nullable Throwable failure) {
        if (weigher == null || failure == null) {
            return ofKey(key);
        }
        return notNegative("failureWeigher", failureWeigher.applyAsLong(failure)) + ofKey(key);
    }

    int ofKey(CacheKey key) {
        return (int) Math.min(Integer.MAX_VALUE, ofKey(key, List.of()));
    }

    int ofNames(CacheKey key, List<String> names, Variants variants) {
        long bytes = weigher == null ? 0 : ofKey(key, names) + variants.bytes();
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }

    private long ofKey(CacheKey key, Collection<String> texts) {
        if (weigher == null) {
            return 0;
        }
        long bytes = key.length() + (long) OVERHEAD;
        for (String text : texts) {
            bytes += ofText(text);
        }
        return bytes;
    }

    private static long ofText(@Nullable String text) {
        return text == null ? 0 : BYTES_OF_A_TEXT + (long) BYTES_OF_A_CHARACTER * text.length();
    }

    private static long notNegative(String name, long bytes) {
        if (bytes < 0) {
            throw new IllegalStateException("the " + name + " must return zero or more, but returned " + bytes);
        }
        // So the sum with a key's bytes does not overflow.
        return Math.min(bytes, Integer.MAX_VALUE);
    }
}
