package dev.ratelimit.cache;

import java.util.Arrays;
import java.util.Objects;

/**
 * A cache key identifies a response in the cache: by a scope, and by parts that describe the request.
 *
 * <pre>{@code
 * CacheKey key = CacheKey.of(Scope.tenant("acme"), "product", 17);
 * }</pre>
 *
 * <p><b>Parts</b> are text, whole numbers, booleans, {@link java.util.UUID}s, {@code byte[]} and enums. A key stores
 * each part with its type and length, so the boundaries between parts count: {@code ("a", "bc")} is not
 * {@code ("ab", "c")}, and {@code "1"} is not {@code 1}. Numbers are the same in any of the types {@code byte} to
 * {@code long}.
 *
 * <p><b>Equality</b> compares all bytes, never only a hash. Keys have an arbitrary but fixed order, so a hash map finds
 * a key in a logarithmic number of steps even if an attacker makes hashes collide.
 *
 * <p>{@link #toString()} does not show the text of a key, because the text may be personal.
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
     * Returns the key of a scope and parts. A key that is only used as a prefix may have no parts.
     *
     * @param scope the callers that may see the value
     * @param parts the description of the request; copied
     * @return the key
     * @throws IllegalArgumentException if a part is of another type than those above
     */
    public static CacheKey of(Scope scope, Object... parts) {
        return added(Objects.requireNonNull(scope, "scope").begin(), parts);
    }

    /**
     * Returns the key of this key's parts and further parts. This key is a prefix of it.
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

    /** The size of the key in bytes. */
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
