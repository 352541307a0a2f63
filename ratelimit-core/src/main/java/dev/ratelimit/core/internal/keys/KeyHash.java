package dev.ratelimit.core.internal.keys;

import dev.ratelimit.Key;
import java.net.InetAddress;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Hash of a key of any supported type to 64 bits, with a secret.
 *
 * <p>The type is part of the hash, so that the text {@code "1"}, the int 1 and the long 1 are three keys. A key of
 * parts is hashed from the hashes of its parts, in order, with a second secret. Each part contributes its full 64 bits,
 * so that different lists of parts stay distinct. Thread-safe.
 */
public final class KeyHash {

    private static final int TEXT = 1;
    private static final int LONG = 2;
    private static final int INTEGER = 3;
    private static final int UUID_KIND = 4;
    private static final int BYTES = 5;
    private static final int ADDRESS = 6;
    private static final int ENUM = 7;
    private static final int PARTS = 8;

    /** Deeper than any sensible nesting, and far from the end of any stack. */
    private static final int DEEPEST = 32;

    private final Multilinear simple;
    private final Multilinear compound;
    private final HashMemo texts;

    /**
     * Creates a hash with a secret from a source of randomness.
     *
     * @param random the source, which clients must not be able to predict
     */
    public KeyHash(RandomGenerator random) {
        simple = new Multilinear(random);
        compound = new Multilinear(random);
        texts = new HashMemo(simple, TEXT);
    }

    /**
     * Hashes a key.
     *
     * @param key the key
     * @return 64 bits
     * @throws NullPointerException if the key is null
     * @throws IllegalArgumentException if the key has an unsupported type
     */
    public long of(@Nullable Object key) {
        return key instanceof String text ? texts.hash(text) : of(key, 0);
    }

    /**
     * Returns a hash whose bits all depend on all bits of another hash. Consecutive numbers have hashes at equal
     * distances, so a fraction of the range may contain far more or fewer of them than that fraction. Of the scattered
     * hashes, it contains about that fraction.
     *
     * @param hash the other hash
     * @return 64 bits, different for each hash
     */
    public static long scattered(long hash) {
        return Multilinear.splitMix(hash);
    }

    private long of(@Nullable Object key, int depth) {
        if (key instanceof CharSequence text) {
            return simple.text(TEXT, text.toString());
        }
        if (key instanceof Long value) {
            return simple.word(LONG, value);
        }
        if (key instanceof Integer value) {
            return simple.word(INTEGER, value);
        }
        if (key instanceof UUID uuid) {
            return simple.words(UUID_KIND, uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
        }
        if (key instanceof InetAddress address) {
            return simple.bytes(ADDRESS, address.getAddress());
        }
        if (key instanceof Key parts) {
            return parts(parts, depth);
        }
        if (key instanceof Enum<?> constant) {
            long type = simple.text(ENUM, constant.getDeclaringClass().getName());
            return compound.words(ENUM, type, simple.text(ENUM, constant.name()));
        }
        if (key instanceof byte[] bytes) {
            return simple.bytes(BYTES, bytes);
        }
        throw unsupported(key);
    }

    private long parts(Key key, int depth) {
        if (depth == DEEPEST) {
            throw new IllegalArgumentException("a key of parts can be nested " + DEEPEST + " deep, not deeper");
        }
        long[] hashes = new long[key.size()];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = of(key.part(i), depth + 1);
        }
        return compound.words(PARTS, hashes.length, hashes);
    }

    private static RuntimeException unsupported(@Nullable Object key) {
        if (key == null) {
            return new NullPointerException("key");
        }
        return new IllegalArgumentException("a key of type " + key.getClass().getName()
                + " has to be reduced to a CharSequence, Long, Integer, UUID, byte[], InetAddress, enum or Key: build"
                + " the limiter with a function, such as Limiters.builder(rate).build(Account::id)");
    }
}
