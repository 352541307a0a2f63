package dev.ratelimit;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A key of several parts, which are never concatenated: {@code Key.of("a", "bc")} is not {@code Key.of("ab", "c")}.
 *
 * <p>Each part has a type that may itself be a key (see {@link Limiter}); it may be a {@code Key}, too. Order and
 * nesting matter.
 *
 * <pre>{@code
 * limiter.tryAcquire(Key.of(tenant, user, Operation.SEARCH))
 * }</pre>
 *
 * <p>Immutable if its parts are. Thread-safe.
 */
public final class Key {

    private final Object[] parts;

    private Key(Object... parts) {
        this.parts = parts;
    }

    /**
     * Returns the key of two parts.
     *
     * @param first the first part
     * @param second the second part
     * @return the key
     * @throws IllegalArgumentException if the type of a part may not be a key
     */
    public static Key of(Object first, Object second) {
        return new Key(checked("first", first), checked("second", second));
    }

    /**
     * Returns the key of three parts.
     *
     * @param first the first part
     * @param second the second part
     * @param third the third part
     * @return the key
     * @throws IllegalArgumentException if the type of a part may not be a key
     */
    public static Key of(Object first, Object second, Object third) {
        return new Key(checked("first", first), checked("second", second), checked("third", third));
    }

    /**
     * Returns the key of any number of parts.
     *
     * @param parts the parts, at least one
     * @return the key
     * @throws IllegalArgumentException if there is no part, or the type of a part may not be a key
     */
    public static Key ofParts(List<?> parts) {
        Object[] copy = Objects.requireNonNull(parts, "parts").toArray();
        if (copy.length == 0) {
            throw new IllegalArgumentException("a key needs at least one part");
        }
        for (int i = 0; i < copy.length; i++) {
            checked("parts[" + i + "]", copy[i]);
        }
        return new Key(copy);
    }

    private static Object checked(String name, Object part) {
        Objects.requireNonNull(part, name);
        boolean isKey = part instanceof CharSequence
                || part instanceof Long
                || part instanceof Integer
                || part instanceof UUID
                || part instanceof Enum<?>
                || part instanceof Key
                || part instanceof InetAddress
                || part instanceof byte[];
        if (!isKey) {
            throw new IllegalArgumentException(name
                    + " must be a CharSequence, Long, Integer, UUID, byte[], InetAddress, enum or Key, but was a "
                    + part.getClass().getName() + "; pass what identifies it, such as its id");
        }
        return part;
    }

    /**
     * Returns the number of parts.
     *
     * @return the number of parts, at least 1
     */
    public int size() {
        return parts.length;
    }

    /**
     * Returns one part.
     *
     * @param index the index of the part, from 0
     * @return the part
     * @throws IndexOutOfBoundsException if there is no such part
     */
    public Object part(int index) {
        return parts[index];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key && Arrays.deepEquals(parts, key.parts);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(parts);
    }

    @Override
    public String toString() {
        return "Key" + Arrays.deepToString(parts);
    }
}
