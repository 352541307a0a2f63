package dev.ratelimit.cache;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The key by which the value of a request is kept, as far as it is known.
 *
 * @param names the names that the key includes, in addition to the primary key
 * @param generation the memory of names to which the key belongs; zero for none
 * @param varying the varying key of the request; null for a plain key
 */
record ValueLocation<V>(
        CacheKey key,
        List<String> names,
        long generation,
        @Nullable VaryingKey<V> varying) {

    /** The maximum number of names. A backend that names more does not want its answers to be kept. */
    static final int MAX_NAMES = 32;

    static <V> ValueLocation<V> of(CacheKey key) {
        return new ValueLocation<>(key, List.of(), 0, null);
    }

    static <V> ValueLocation<V> of(VaryingKey<V> varying) {
        return new ValueLocation<>(varying.primary(), List.of(), 0, varying);
    }

    CacheKey primary() {
        return varying == null ? key : varying.primary();
    }

    /** Returns the location of the variant by the names in the primary key's slot; the same location if it has none. */
    ValueLocation<V> by(@Nullable Slot<V> primary) {
        return varying != null && primary instanceof Slot.Varying<V> known
                ? variant(varying, known.names(), known.generation())
                : this;
    }

    /** Returns the location of the variant by these names. */
    ValueLocation<V> variant(List<String> all, long ofNames) {
        return varying == null ? this : variant(varying, all, ofNames);
    }

    /**
     * Returns the location of a value that was loaded for this one: the same, unless the value depends on more names;
     * null for none.
     */
    @Nullable
    ValueLocation<V> of(V value) {
        if (varying == null) {
            return this;
        }
        Collection<String> more = varying.names(value);
        if (names.containsAll(more)) {
            return this;
        }
        List<String> all = union(names, more);
        return all.contains(VaryingKey.ANYTHING) || all.size() > MAX_NAMES ? null : variant(varying, all, generation);
    }

    private static <V> ValueLocation<V> variant(VaryingKey<V> varying, List<String> names, long generation) {
        CacheKey key = varying.variant(names);
        if (!varying.primary().isPrefixOf(key)) {
            throw new IllegalStateException("a variant's key must begin with the primary one");
        }
        return new ValueLocation<>(key.plus(generation), names, generation, varying);
    }

    static List<String> union(Collection<String> some, Collection<String> more) {
        TreeSet<String> all = new TreeSet<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }
}
