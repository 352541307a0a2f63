package dev.ratelimit.cache.http;

import java.util.List;

/** The elements of a comma-separated list (RFC 9110, section 5.6.1), with its quoted strings (5.6.4). */
final class ListElements {

    private ListElements() {}

    /** Adds the elements of a line; returns whether each quoted string of the line has an end. */
    static boolean addTo(List<String> elements, String line) {
        int start = 0;
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                add(elements, line.substring(start, i));
                start = i + 1;
            }
        }
        add(elements, line.substring(start));
        return !quoted;
    }

    private static void add(List<String> elements, String text) {
        String element = text.strip();
        if (!element.isEmpty()) {
            elements.add(element);
        }
    }
}
