package dev.ratelimit.cache.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fields are the header fields of a request or a response, each with its lines in their order. The case of names does
 * not matter.
 *
 * <p>Immutable and thread-safe.
 */
public final class Fields {

    private static final Fields NONE = new Fields(new TreeMap<>(String.CASE_INSENSITIVE_ORDER));

    /** The map and its lists never change, so fields that differ in one name can share all other lines. */
    private final SortedMap<String, List<String>> lines;

    private Fields(SortedMap<String, List<String>> lines) {
        this.lines = lines;
    }

    /**
     * Returns no fields.
     *
     * @return no fields
     */
    public static Fields none() {
        return NONE;
    }

    /**
     * Returns the fields of a map, as {@code HttpHeaders.map()} of the JDK's client and many servers return it.
     *
     * @param lines the lines by the names of the fields; copied. Names that differ in case only are one field. A null
     *     name, under which {@code HttpURLConnection} returns the status line, is ignored
     * @return the fields
     */
    public static Fields of(Map<String, List<String>> lines) {
        SortedMap<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        Objects.requireNonNull(lines, "lines").forEach((@Nullable String name, List<String> values) -> {
            if (name != null) {
                copy.merge(name, List.copyOf(values), Fields::joined);
            }
        });
        return new Fields(copy);
    }

    /**
     * Returns these fields with one more line.
     *
     * @param name the name of the field
     * @param value the line's value
     * @return the fields with that line as the last of its name
     */
    public Fields with(String name, String value) {
        SortedMap<String, List<String>> copy = new TreeMap<>(lines);
        copy.merge(
                Objects.requireNonNull(name, "name"), List.of(Objects.requireNonNull(value, "value")), Fields::joined);
        return new Fields(copy);
    }

    /**
     * Returns these fields with all lines of a field replaced by one line.
     *
     * @param name the name of the field
     * @param value the line's value
     * @return the fields with that line as the only one of its name
     */
    public Fields replaced(String name, String value) {
        SortedMap<String, List<String>> copy = new TreeMap<>(lines);
        copy.put(Objects.requireNonNull(name, "name"), List.of(Objects.requireNonNull(value, "value")));
        return new Fields(copy);
    }

    /**
     * Returns these fields without one.
     *
     * @param name the name of the field
     * @return the fields without any line of it
     */
    public Fields without(String name) {
        if (!contains(name)) {
            return this;
        }
        SortedMap<String, List<String>> copy = new TreeMap<>(lines);
        copy.remove(name);
        return new Fields(copy);
    }

    /**
     * Returns whether there is a field.
     *
     * @param name its name
     * @return whether it has a line, which may be empty
     */
    public boolean contains(String name) {
        return lines.containsKey(Objects.requireNonNull(name, "name"));
    }

    /**
     * Returns the lines of a field.
     *
     * @param name its name
     * @return the values in their order, unmodifiable; none if there is no such field
     */
    public List<String> lines(String name) {
        return lines.getOrDefault(Objects.requireNonNull(name, "name"), List.of());
    }

    /** The first line of a field. */
    Optional<String> first(String name) {
        return lines(name).stream().findFirst();
    }

    /** Returns these fields with the lines of other fields in place of those with the same names. */
    Fields replacedBy(Fields others) {
        SortedMap<String, List<String>> copy = new TreeMap<>(lines);
        copy.putAll(others.lines);
        return new Fields(copy);
    }

    /** Returns the elements of a list field, over all its lines. A comma in a quoted string is no separator. */
    List<String> elements(String name) {
        List<String> elements = new ArrayList<>();
        for (String line : lines(name)) {
            ListElements.addTo(elements, line);
        }
        return elements;
    }

    /**
     * Returns the lines by the names of the fields.
     *
     * @return a map that cannot be modified, whose keys are equal if they differ in case only
     */
    public Map<String, List<String>> asMap() {
        return Collections.unmodifiableMap(lines);
    }

    private static List<String> joined(List<String> before, List<String> after) {
        List<String> all = new ArrayList<>(before);
        all.addAll(after);
        return List.copyOf(all);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Fields fields && lines.equals(fields.lines);
    }

    @Override
    public int hashCode() {
        return lines.values().hashCode();
    }

    @Override
    public String toString() {
        return lines.keySet().toString();
    }
}
