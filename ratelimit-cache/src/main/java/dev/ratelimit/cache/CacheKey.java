package dev.ratelimit.cache;

import java.util.Arrays;
import java.util.Objects;

/**
 * A cache key is what a response is kept by: a scope, and parts that say what was asked for.
 *
 * <pre>{@code
 * CacheKey key = CacheKey.of(Scope.tenant("acme"), "product", 17);
 * }</pre>
 *
 * <p><b>Parts</b> are text, whole numbers, booleans, {@link java.util.UUID}s, {@code byte[]} and enums. Each is kept with its
 * type and length, so parts never run together: {@code ("a", "bc")} is not {@code ("ab", "c")}, and {@code "1"} is not
 * {@code 1}. Numbers are the same in any of the types {@code byte} to {@code long}.
 *
 * <p><b>Equality</b> is that of all bytes, never of a hash alone. Keys whose hashes an attacker has made collide are still
 * found in a number of steps that is logarithmic, because they have an order, which is otherwise arbitrary.
 *
 * <p>Text of a key is told to nobody: {@link #toString()} does not show it.
 *
 * <p>Immutable and thread-safe.
 */
public final class CacheKey implements Comparable<CacheKey> {

    private final byte[] bytes;
    private final int hash;

    private CacheKey(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    /**
     * Returns the key of parts within a scope. A key that is to be a prefix may have no part.
     *
     * @param scope who may see what is kept by the key
     * @param parts what was asked for; copied
     * @return the key
     * @throws IllegalArgumentException if a part is of another type than those above
     */
    public static CacheKey of(Scope scope, Object... parts) {
        return added(Objects.requireNonNull(scope, "scope").begin(), parts);
    }

    /**
     * Returns the key of this one's parts and more. This key is a prefix of it.
     *
     * @param parts the further parts; copied
     * @return the key
     * @throws IllegalArgumentException if a part is of another type than those above
     */
    public CacheKey plus(Object... parts) {
        return added(KeyBytes.startingWith(bytes), parts);
    }

    private static CacheKey added(KeyBytes key, Object[] parts) {
        Objects.requireNonNull(parts, "parts");
        for (int i = 0; i < parts.length; i++) {
            key.add(Objects.requireNonNull(parts[i], "part of a key"), i + 1);
        }
        return new CacheKey(key.toArray());
    }

    /**
     * Returns whether another key has this one's scope and begins with this one's parts.
     *
     * @param key the other key
     * @return whether this key is a prefix of it, or equal to it
     */
    public boolean isPrefixOf(CacheKey key) {
        return key.bytes.length >= bytes.length && Arrays.equals(key.bytes, 0, bytes.length, bytes, 0, bytes.length);
    }

    /** How many bytes the key takes by itself. */
    int length() {
        return bytes.length;
    }

    @Override
    public int compareTo(CacheKey other) {
        return Arrays.compare(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CacheKey key && hash == key.hash && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return "CacheKey[" + bytes.length + " bytes, " + Integer.toHexString(hash) + "]";
    }
}
