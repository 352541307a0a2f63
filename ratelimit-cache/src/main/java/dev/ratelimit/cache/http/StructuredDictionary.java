package dev.ratelimit.cache.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A dictionary of structured fields (RFC 8941, section 4.2.2), as far as cache directives need it: whole numbers and
 * {@code true} are read, values of other types are checked and have no number. Parameters are checked and dropped.
 */
final class StructuredDictionary {

    private static final String TOKEN = "!#$%&'*+-.^_`|~:/";
    private static final int MAX_DIGITS = 15;

    private final String text;
    private int at;

    /** A member's value. */
    record Value(boolean isTrue, boolean isFalse, OptionalLong number) {

        private static final Value TRUE = new Value(true, false, OptionalLong.empty());
        private static final Value FALSE = new Value(false, true, OptionalLong.empty());
        private static final Value OTHER = new Value(false, false, OptionalLong.empty());
    }

    private StructuredDictionary(String text) {
        this.text = text;
    }

    /** The members by their keys; empty if the lines together are no dictionary. */
    static Optional<Map<String, Value>> parse(List<String> lines) {
        try {
            return Optional.of(new StructuredDictionary(String.join(",", lines)).members());
        } catch (Malformed e) {
            return Optional.empty();
        }
    }

    private Map<String, Value> members() throws Malformed {
        Map<String, Value> members = new LinkedHashMap<>();
        skip(" ");
        while (at < text.length()) {
            String key = key();
            Value value = is('=') ? item() : Value.TRUE;
            parameters();
            // The last one of a key counts.
            members.put(key, value);
            skip(" \t");
            if (at == text.length()) {
                return members;
            }
            expect(',');
            skip(" \t");
            if (at == text.length()) {
                throw new Malformed();
            }
        }
        return members;
    }

    private String key() throws Malformed {
        int start = at;
        if (!(isLower(peek()) || peek() == '*')) {
            throw new Malformed();
        }
        while (isLower(peek()) || isDigit(peek()) || "_-.*".indexOf(peek()) >= 0) {
            at++;
        }
        return text.substring(start, at);
    }

    private void parameters() throws Malformed {
        while (is(';')) {
            skip(" ");
            key();
            if (is('=')) {
                bareItem();
            }
        }
    }

    private Value item() throws Malformed {
        if (!is('(')) {
            return bareItem();
        }
        skip(" ");
        while (!is(')')) {
            bareItem();
            parameters();
            if (peek() != ' ' && peek() != ')') {
                throw new Malformed();
            }
            skip(" ");
        }
        return Value.OTHER;
    }

    private Value bareItem() throws Malformed {
        char first = peek();
        if (first == '-' || isDigit(first)) {
            return number();
        } else if (is('"')) {
            string();
            return Value.OTHER;
        } else if (is('?')) {
            boolean isTrue = is('1');
            if (!isTrue) {
                expect('0');
            }
            return isTrue ? Value.TRUE : Value.FALSE;
        } else if (is(':')) {
            while (isLetter(peek()) || isDigit(peek()) || "+/=".indexOf(peek()) >= 0) {
                at++;
            }
            expect(':');
            return Value.OTHER;
        } else if (isLetter(first) || first == '*') {
            while (isLetter(peek()) || isDigit(peek()) || TOKEN.indexOf(peek()) >= 0) {
                at++;
            }
            return Value.OTHER;
        }
        throw new Malformed();
    }

    private Value number() throws Malformed {
        boolean negative = is('-');
        int start = at;
        digits();
        if (at - start > MAX_DIGITS) {
            throw new Malformed();
        }
        if (is('.')) {
            int fraction = at;
            digits();
            if (at - fraction > 3 || fraction - 1 - start > 12) {
                throw new Malformed();
            }
            return Value.OTHER;
        }
        long number = Long.parseLong(text.substring(start, at));
        return new Value(false, false, OptionalLong.of(negative ? -number : number));
    }

    private void digits() throws Malformed {
        if (!isDigit(peek())) {
            throw new Malformed();
        }
        while (isDigit(peek())) {
            at++;
        }
    }

    private void string() throws Malformed {
        while (!is('"')) {
            boolean escaped = is('\\');
            char c = peek();
            if (escaped ? c != '"' && c != '\\' : c < ' ' || c > '~') {
                throw new Malformed();
            }
            at++;
        }
    }

    private void skip(String characters) {
        while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    /** Returns the next character; at the end a character that no text has. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private boolean is(char c) {
        boolean is = at < text.length() && text.charAt(at) == c;
        at += is ? 1 : 0;
        return is;
    }

    private void expect(char c) throws Malformed {
        if (!is(c)) {
            throw new Malformed();
        }
    }

    private static boolean isLower(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isLetter(char c) {
        return isLower(c) || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static final class Malformed extends Exception {

        private static final long serialVersionUID = 1;

        Malformed() {
            super(null, null, false, false);
        }
    }
}
