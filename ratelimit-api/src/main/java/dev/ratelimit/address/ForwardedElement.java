package dev.ratelimit.address;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One element of the field {@code Forwarded} (RFC 7239, section 4): pairs of a name and a value, between semicolons.
 *
 * <p>The whole element must be well-formed, and have the parameter {@code for} once. Two deviations from the grammar
 * are accepted, because proxies write them: white space around semicolons; and values with a colon, a bracket or a
 * slash but without quotes.
 */
final class ForwardedElement {

    private static final String SYMBOLS_OF_TOKENS = "!#$%&'*+-.^_`|~";

    private final CharSequence text;
    private final int to;
    private int at;

    private ForwardedElement(CharSequence text, int from, int to) {
        this.text = text;
        this.at = from;
        this.to = to;
    }

    /** Returns the address in the parameter {@code for}; null if the element is broken or names no address. */
    static @Nullable InetAddress address(CharSequence text, int from, int to) {
        return new ForwardedElement(text, from, to).address();
    }

    private @Nullable InetAddress address() {
        InetAddress address = null;
        while (true) {
            skipSpaces();
            if (at < to && text.charAt(at) != ';') {
                int name = at;
                int value = skipName();
                if (value < 0 || !skipValue()) {
                    return null;
                }
                if (isFor(name, value - 1)) {
                    // A second parameter is an error, whatever the first one contains.
                    address = address == null ? node(value, at) : null;
                    if (address == null) {
                        return null;
                    }
                }
                skipSpaces();
            }
            if (at == to) {
                return address;
            }
            if (text.charAt(at++) != ';') {
                return null;
            }
        }
    }

    /** Skips a name and its {@code =}; returns the position of the value, or -1. */
    private int skipName() {
        int start = at;
        while (at < to && isTokenCharacter(text.charAt(at))) {
            at++;
        }
        if (at == start || at == to || text.charAt(at) != '=') {
            return -1;
        }
        return ++at;
    }

    /** Skips a value; returns whether there was one. */
    private boolean skipValue() {
        if (at < to && text.charAt(at) == '"') {
            at++;
            return skipQuoted();
        }
        int start = at;
        while (at < to && isUnquoted(text.charAt(at))) {
            at++;
        }
        return at > start;
    }

    /** Skips a quoted string (RFC 9110, section 5.6.4); returns whether it was closed. */
    private boolean skipQuoted() {
        while (at < to) {
            char c = text.charAt(at++);
            if (c == '"') {
                return true;
            }
            if (c == '\\' && at < to) {
                c = text.charAt(at++);
            }
            if (isControl(c)) {
                return false;
            }
        }
        return false;
    }

    private @Nullable InetAddress node(int from, int end) {
        if (text.charAt(from) != '"') {
            return NodeIdentifier.address(text, from, end);
        }
        StringBuilder content = new StringBuilder(Math.min(end - from, 64));
        for (int i = from + 1; i < end - 1; i++) {
            char c = text.charAt(i);
            content.append(c == '\\' ? text.charAt(++i) : c);
        }
        return NodeIdentifier.address(content, 0, content.length());
    }

    private void skipSpaces() {
        while (at < to && FieldElements.isSpace(text.charAt(at))) {
            at++;
        }
    }

    private boolean isFor(int from, int end) {
        return end - from == 3
                && (text.charAt(from) | 0x20) == 'f'
                && (text.charAt(from + 1) | 0x20) == 'o'
                && (text.charAt(from + 2) | 0x20) == 'r';
    }

    private static boolean isTokenCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || AddressLiteral.isDigit(c)
                || SYMBOLS_OF_TOKENS.indexOf(c) >= 0;
    }

    private static boolean isUnquoted(char c) {
        return c > ' ' && c < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\';
    }

    private static boolean isControl(char c) {
        return (c < ' ' && c != '\t') || c == 0x7F;
    }
}
