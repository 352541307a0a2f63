package dev.ratelimit.cache.http;

import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.VaryingKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Vary is the set of request fields on which a response depends, in addition to its URI (RFC 9111, section 4.1; RFC
 * 9110, section 12.5.5).
 *
 * <p>Immutable and thread-safe.
 */
public final class Vary {

    private final List<String> names;

    private Vary(List<String> names) {
        this.names = names;
    }

    /**
     * Returns the fields on which a response depends.
     *
     * @param response the response's fields
     * @return the names, over all lines of {@code Vary}
     */
    public static Vary of(Fields response) {
        TreeSet<String> sorted = new TreeSet<>();
        for (String name : Objects.requireNonNull(response, "response").elements("Vary")) {
            sorted.add(name.toLowerCase(Locale.ROOT));
        }
        return new Vary(List.copyOf(sorted));
    }

    /**
     * Returns whether the response depends on something other than request fields: {@code *}.
     *
     * @return whether it can be used for no other request
     */
    public boolean isAny() {
        return names.contains("*");
    }

    /**
     * Returns the names of the request fields.
     *
     * @return the names in lower case, sorted
     */
    public List<String> names() {
        return names;
    }

    /**
     * Returns the key of the variant that a request asks for. A field that is missing differs from one that is empty;
     * several lines are one list. In the {@code Accept} fields, spaces around the elements do not count.
     *
     * @param primary the key by method and URI
     * @param request the request's fields
     * @return the primary key, with the fields' names and values as further parts; the primary key itself if there are
     *     none
     */
    public CacheKey secondaryKey(CacheKey primary, Fields request) {
        Objects.requireNonNull(primary, "primary");
        Objects.requireNonNull(request, "request");
        if (names.isEmpty()) {
            return primary;
        }
        List<Object> parts = new ArrayList<>();
        for (String name : names) {
            parts.add(name);
            parts.add(request.contains(name));
            parts.add(value(request, name));
        }
        return primary.plus(parts.toArray());
    }

    private static String value(Fields request, String name) {
        boolean isList = name.startsWith("accept");
        return String.join(",", isList ? request.elements(name) : request.lines(name))
                .strip();
    }

    /**
     * Returns the key of a request with which a cache keeps variants separate; it learns their names from the
     * responses:
     *
     * <pre>{@code
     * cache.get(Vary.key(primary, request, Response::fields), rules.readOptions(request), () -> backend.ask(request))
     * }</pre>
     *
     * <p>If a caller waits while the first response of a URI is loaded, and the response is of another variant, the
     * caller never gets that response. Invalidating the primary key invalidates all variants.
     *
     * @param primary the key by method and URI
     * @param request the request's fields
     * @param fields from a value of the cache to the response's fields
     * @param <V> the type of the cache's values
     * @return the key
     */
    public static <V> VaryingKey<V> key(CacheKey primary, Fields request, Function<? super V, Fields> fields) {
        return new KeyOfRequest<>(
                Objects.requireNonNull(primary, "primary"),
                Objects.requireNonNull(request, "request"),
                Objects.requireNonNull(fields, "fields"));
    }

    private record KeyOfRequest<V>(CacheKey primary, Fields request, Function<? super V, Fields> fields)
            implements VaryingKey<V> {

        @Override
        public CacheKey variant(List<String> names) {
            return new Vary(names).secondaryKey(primary, request);
        }

        @Override
        public List<String> names(V value) {
            return of(fields.apply(value)).names();
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vary vary && names.equals(vary.names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    @Override
    public String toString() {
        return "Vary: " + String.join(", ", names);
    }
}
