package dev.ratelimit;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A key of several parts, which are never run together: {@code Key.of("a", "bc")} is not {@code Key.of("ab", "c")}.
 *
 * <p>Each part is of a type that is a key by itself (see {@link Limiter}), or a key of parts again. The order counts,
 * and so does the nesting.
 *
 * <pre>{@code
 * limiter.tryAcquire(Key.of(tenant, user, Operation.SEARCH))
 * }</pre>
 *
 * <p>Immutable as far as its parts are; thread-safe.
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
     */
    public static Key of(Object first, Object second) {
        return new Key(Objects.requireNonNull(first, "part 1"), Objects.requireNonNull(second, "part 2"));
    }

    /**
     * Returns the key of three parts.
     *
     * @param first the first part
     * @param second the second part
     * @param third the third part
     * @return the key
     */
    public static Key of(Object first, Object second, Object third) {
        return new Key(
                Objects.requireNonNull(first, "part 1"),
                Objects.requireNonNull(second, "part 2"),
                Objects.requireNonNull(third, "part 3"));
    }

    /**
     * Returns the key of any number of parts.
     *
     * @param parts the parts, at least one
     * @return the key
     * @throws IllegalArgumentException if there is no part
     */
    public static Key ofParts(List<?> parts) {
        Object[] copy = Objects.requireNonNull(parts, "parts").toArray();
        if (copy.length == 0) {
            throw new IllegalArgumentException("a key needs at least one part");
        }
        for (int i = 0; i < copy.length; i++) {
            Objects.requireNonNull(copy[i], "part " + (i + 1));
        }
        return new Key(copy);
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
     * @param index which, from 0
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
