package dev.ratelimit.cache.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Fields are the header fields of a request or a response, each with its lines in their order. Names know no case.
 *
 * <p>Immutable and thread-safe.
 */
public final class Fields {

    private static final Fields NONE = new Fields(new TreeMap<>(String.CASE_INSENSITIVE_ORDER));

    private final Map<String, List<String>> lines;

    private Fields(Map<String, List<String>> lines) {
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
     * Returns the fields of a map, as {@code HttpHeaders.map()} of the JDK's client and many servers have it.
     *
     * @param lines the lines by the names of the fields; copied. Names that differ in case only are one field
     * @return the fields
     */
    public static Fields of(Map<String, List<String>> lines) {
        Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        Objects.requireNonNull(lines, "lines")
                .forEach((name, values) ->
                        copy.computeIfAbsent(name, same -> new ArrayList<>()).addAll(List.copyOf(values)));
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
        Objects.requireNonNull(value, "value");
        Map<String, List<String>> copy = copy();
        copy.computeIfAbsent(Objects.requireNonNull(name, "name"), same -> new ArrayList<>())
                .add(value);
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
        Map<String, List<String>> copy = copy();
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
        return Collections.unmodifiableList(lines.getOrDefault(Objects.requireNonNull(name, "name"), List.of()));
    }

    /** The first line of a field. */
    Optional<String> first(String name) {
        return lines(name).stream().findFirst();
    }

    /** The elements of a field that is a list, over all its lines. Commas in quoted strings part nothing. */
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
     * @return a map that cannot be modified and whose keys know no case
     */
    public Map<String, List<String>> asMap() {
        return Collections.unmodifiableMap(copy());
    }

    private Map<String, List<String>> copy() {
        Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        lines.forEach((name, values) -> copy.put(name, new ArrayList<>(values)));
        return copy;
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
