package dev.ratelimit.http;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reader of JSON as RFC 8259 defines it, which takes nothing else: into maps, lists, strings and numbers.
 *
 * <p>{@code true}, {@code false} and {@code null} are errors, and so is a name that comes twice: problem details have
 * none of them.
 */
final class JsonReader {

    private final String input;
    private int at;

    private JsonReader(String input) {
        this.input = input;
    }

    /** Returns the value of a text, or throws an {@link IllegalArgumentException} if it is not JSON. */
    static Object read(String text) {
        JsonReader reader = new JsonReader(text);
        Object value = reader.value();
        reader.skipBlanks();
        reader.check(reader.at == text.length(), "more than one value");
        return value;
    }

    private Object value() {
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            default -> number();
        };
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        expect('{');
        if (peek() != '}') {
            do {
                peek();
                String name = string();
                expect(':');
                check(members.put(name, value()) == null, "a name that comes twice");
            } while (accept(','));
        }
        expect('}');
        return members;
    }

    private List<Object> array() {
        List<Object> elements = new ArrayList<>();
        expect('[');
        if (peek() != ']') {
            do {
                elements.add(value());
            } while (accept(','));
        }
        expect(']');
        return elements;
    }

    private String string() {
        check(next() == '"', "no string");
        StringBuilder value = new StringBuilder();
        for (char c = next(); c != '"'; c = next()) {
            check(c >= ' ', "a control character in a string");
            value.append(c == '\\' ? escaped() : c);
        }
        return value.toString();
    }

    private char escaped() {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = "0123456789abcdef".indexOf(Character.toLowerCase(next()));
                    check(digit >= 0, "no hexadecimal digit");
                    code = code * 16 + digit;
                }
                yield (char) code;
            }
            default -> throw new IllegalArgumentException("an unknown escape at " + at + " of: " + input);
        };
    }

    private BigDecimal number() {
        int start = at;
        while (at < input.length() && "+-.eE0123456789".indexOf(input.charAt(at)) >= 0) {
            at++;
        }
        String number = input.substring(start, at);
        check(number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?"), "no value");
        return new BigDecimal(number);
    }

    private boolean accept(char wanted) {
        boolean found = peek() == wanted;
        if (found) {
            at++;
        }
        return found;
    }

    private void expect(char wanted) {
        check(accept(wanted), "no " + wanted);
    }

    /** The next character that is no blank. */
    private char peek() {
        skipBlanks();
        check(at < input.length(), "the end");
        return input.charAt(at);
    }

    private char next() {
        check(at < input.length(), "the end");
        return input.charAt(at++);
    }

    private void skipBlanks() {
        while (at < input.length() && " \t\r\n".indexOf(input.charAt(at)) >= 0) {
            at++;
        }
    }

    private void check(boolean right, String what) {
        if (!right) {
            throw new IllegalArgumentException(what + " at " + at + " of: " + input);
        }
    }
}
