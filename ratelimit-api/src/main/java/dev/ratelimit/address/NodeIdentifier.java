package dev.ratelimit.address;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A node identifier is the name that a proxy writes for its peer (RFC 7239, section 6): an address, with or without a
 * port, or a word that hides the address, such as {@code unknown} or {@code _hidden}.
 *
 * <p>An IPv6 address is in brackets if there is a port. Without brackets, the whole text is the address, as in
 * {@code X-Forwarded-For}.
 */
final class NodeIdentifier {

    private static final int MAX_PORT = 5;

    private NodeIdentifier() {}

    /** Returns the address of the node; null if the text is no node identifier or names no address. */
    static @Nullable InetAddress address(CharSequence text, int from, int to) {
        if (from < to && text.charAt(from) == '[') {
            int close = indexOf(']', text, from, to);
            return close < to && isPortOrNone(text, close + 1, to) ? AddressLiteral.ipv6(text, from + 1, close) : null;
        }
        int colon = indexOf(':', text, from, to);
        if (colon == to || indexOf(':', text, colon + 1, to) == to) {
            return isPortOrNone(text, colon, to) ? AddressLiteral.ipv4(text, from, colon) : null;
        }
        return AddressLiteral.read(text, from, to);
    }

    /** Returns whether the text is empty, or a colon with a port: one to five digits, or an obfuscated port. */
    private static boolean isPortOrNone(CharSequence text, int from, int to) {
        if (from == to) {
            return true;
        }
        if (text.charAt(from) != ':' || from + 1 == to) {
            return false;
        }
        boolean obfuscated = text.charAt(from + 1) == '_';
        int first = obfuscated ? from + 2 : from + 1;
        if (first == to || (!obfuscated && to - first > MAX_PORT)) {
            return false;
        }
        for (int at = first; at < to; at++) {
            char c = text.charAt(at);
            if (!AddressLiteral.isDigit(c) && !(obfuscated && isObfuscation(c))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isObfuscation(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
    }

    private static int indexOf(char wanted, CharSequence text, int from, int to) {
        int at = from;
        while (at < to && text.charAt(at) != wanted) {
            at++;
        }
        return at;
    }
}
