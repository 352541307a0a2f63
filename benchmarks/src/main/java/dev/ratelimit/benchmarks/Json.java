package dev.ratelimit.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reader of JSON, as far as JMH writes it: into maps, lists, strings, doubles and booleans.
 *
 * <p>A hundred lines here spare a dependency that would serve one file. Escapes in strings are kept as they stand, but
 * for the quote; JMH writes none in what is read from its results. {@code null} is not accepted.
 */
final class Json {

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /**
     * Reads a document.
     *
     * @param text the document
     * @return its value
     * @throws IllegalArgumentException if it is not JSON
     */
    static Object read(String text) {
        Json json = new Json(text);
        Object value = json.value();
        json.skipBlanks();
        if (json.at != text.length()) {
            throw json.unexpected();
        }
        return value;
    }

    private Object value() {
        skipBlanks();
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            default -> word();
        };
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        expect('{');
        if (accept('}')) {
            return members;
        }
        do {
            skipBlanks();
            String name = string();
            expect(':');
            members.put(name, value());
        } while (accept(','));
        expect('}');
        return members;
    }

    private List<Object> array() {
        List<Object> elements = new ArrayList<>();
        expect('[');
        if (accept(']')) {
            return elements;
        }
        do {
            elements.add(value());
        } while (accept(','));
        expect(']');
        return elements;
    }

    private String string() {
        expect('"');
        int start = at;
        while (peek() != '"') {
            at += peek() == '\\' ? 2 : 1;
        }
        return text.substring(start, at++).replace("\\\"", "\"");
    }

    private Object word() {
        int start = at;
        while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(start, at);
        if (word.equals("true") || word.equals("false")) {
            return Boolean.valueOf(word);
        }
        try {
            return Double.valueOf(word);
        } catch (NumberFormatException e) {
            at = start;
            throw unexpected();
        }
    }

    private boolean accept(char wanted) {
        skipBlanks();
        boolean found = peek() == wanted;
        if (found) {
            at++;
        }
        return found;
    }

    private void expect(char wanted) {
        if (!accept(wanted)) {
            throw unexpected();
        }
    }

    private void skipBlanks() {
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw new IllegalArgumentException("the text ends too early");
        }
        return text.charAt(at);
    }

    private IllegalArgumentException unexpected() {
        return new IllegalArgumentException(
                "unexpected at position " + at + ": " + text.substring(at, Math.min(text.length(), at + 20)));
    }
}
