package dev.ratelimit.http;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A parser of structured fields that are lists of items, step by step as RFC 9651 describes it (section 4.2).
 *
 * <p>Strings become {@code String}, integers {@code Long}, decimals {@code BigDecimal}, byte sequences
 * {@code List<Byte>}, booleans {@code Boolean}, and tokens {@link Token}. Inner lists, dates and display strings are
 * errors: no rate limit field has any.
 */
final class StructuredFieldParser {

    record Token(String value) {}

    record Item(Object value, Map<String, Object> parameters) {}

    private final String input;
    private int at;

    private StructuredFieldParser(String input) {
        this.input = input;
    }

    /** Returns the items of a list, or throws an {@link IllegalArgumentException} if it is none. */
    static List<Item> list(String fieldValue) {
        StructuredFieldParser parser = new StructuredFieldParser(fieldValue);
        parser.skip(" ");
        return parser.items();
    }

    private List<Item> items() {
        List<Item> items = new ArrayList<>();
        while (more()) {
            items.add(item());
            skip(" \t");
            if (!more()) {
                return items;
            }
            expect(',');
            skip(" \t");
            check(more(), "a comma at the end");
        }
        return items;
    }

    private Item item() {
        Object value = bareItem();
        Map<String, Object> parameters = new LinkedHashMap<>();
        while (more() && peek() == ';') {
            at++;
            skip(" ");
            String key = key();
            Object parameter = true;
            if (more() && peek() == '=') {
                at++;
                parameter = bareItem();
            }
            parameters.remove(key);
            parameters.put(key, parameter);
        }
        return new Item(value, parameters);
    }

    private String key() {
        check(more() && (isLowerCase(peek()) || peek() == '*'), "no key");
        int start = at;
        while (more() && (isLowerCase(peek()) || isDigit(peek()) || "_-.*".indexOf(peek()) >= 0)) {
            at++;
        }
        return input.substring(start, at);
    }

    private Object bareItem() {
        check(more(), "no item");
        char first = peek();
        if (first == '-' || isDigit(first)) {
            return number();
        }
        return switch (first) {
            case '"' -> string();
            case ':' -> bytes();
            case '?' -> bool();
            default -> token();
        };
    }

    private Object number() {
        int start = at;
        if (peek() == '-') {
            at++;
        }
        int digits = at;
        check(more() && isDigit(peek()), "no digit");
        int point = -1;
        while (more() && (isDigit(peek()) || (peek() == '.' && point < 0))) {
            if (peek() == '.') {
                check(at - digits <= 12, "too many digits before the point");
                point = at;
            }
            at++;
            check(at - digits <= (point < 0 ? 15 : 16), "too many digits");
        }
        String number = input.substring(start, at);
        if (point < 0) {
            return Long.valueOf(number);
        }
        check(at - point >= 2 && at - point <= 4, "one to three digits after the point");
        return new BigDecimal(number);
    }

    private String string() {
        StringBuilder value = new StringBuilder();
        at++;
        while (more()) {
            char c = input.charAt(at++);
            if (c == '\\') {
                check(more() && (peek() == '"' || peek() == '\\'), "nothing to escape");
                value.append(input.charAt(at++));
            } else if (c == '"') {
                return value.toString();
            } else {
                check(c >= 0x20 && c <= 0x7e, "a character that no string may have");
                value.append(c);
            }
        }
        throw new IllegalArgumentException("a string without an end: " + input);
    }

    private List<Byte> bytes() {
        int end = input.indexOf(':', at + 1);
        check(end > at, "a byte sequence without an end");
        List<Byte> value = new ArrayList<>();
        for (byte b : Base64.getDecoder().decode(input.substring(at + 1, end))) {
            value.add(b);
        }
        at = end + 1;
        return value;
    }

    private Boolean bool() {
        at++;
        check(more() && (peek() == '0' || peek() == '1'), "neither true nor false");
        return input.charAt(at++) == '1';
    }

    private Token token() {
        check(isLetter(peek()) || peek() == '*', "no item");
        int start = at;
        while (more() && (isLetter(peek()) || isDigit(peek()) || "!#$%&'*+-.^_`|~:/".indexOf(peek()) >= 0)) {
            at++;
        }
        return new Token(input.substring(start, at));
    }

    private static boolean isLowerCase(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isLetter(char c) {
        return isLowerCase(c) || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void skip(String characters) {
        while (more() && characters.indexOf(peek()) >= 0) {
            at++;
        }
    }

    private void expect(char wanted) {
        check(peek() == wanted, "no " + wanted);
        at++;
    }

    private boolean more() {
        return at < input.length();
    }

    private char peek() {
        return input.charAt(at);
    }

    private void check(boolean right, String what) {
        if (!right) {
            throw new IllegalArgumentException(what + " at " + at + " of: " + input);
        }
    }
}
