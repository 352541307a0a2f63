package dev.ratelimit.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An address literal is an IP address written as text, in the strict form of its standard.
 *
 * <p>IPv4 is four decimal numbers from 0 to 255 without leading zeros: neither {@code 010.0.0.1}, which some parsers
 * read as octal, nor {@code 10.1}. IPv6 is as in RFC 4291, section 2.2: groups of one to four hexadecimal digits, at
 * most one {@code ::}, which stands for at least one group, and possibly an IPv4 address as the last two groups. A
 * scope ({@code %eth0}) is not allowed, because it has a meaning only on the host that wrote it. An IPv4-mapped address
 * ({@code ::ffff:192.0.2.1}) is read as its IPv4 address.
 *
 * <p>{@link InetAddress#getByName} is not suitable for text that a client wrote: it takes text that is not an address
 * for a host name, and calls the name service. This parser calls no name service, and throws no exception for any text.
 */
public final class AddressLiteral {

    /** No literal is longer: eight groups with an IPv4 address at the end. */
    private static final int MAX = "0000:0000:0000:0000:0000:0000:255.255.255.255".length();

    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    private AddressLiteral() {}

    /**
     * Parses an address.
     *
     * @param text the text, which must consist of the address only
     * @return the address; empty if the text is not an address literal
     */
    public static Optional<InetAddress> parse(CharSequence text) {
        Objects.requireNonNull(text, "text");
        return Optional.ofNullable(read(text, 0, text.length()));
    }

    /** Parses the address between two positions; returns null if there is none. */
    static @Nullable InetAddress read(CharSequence text, int from, int to) {
        if (to - from > MAX) {
            return null;
        }
        for (int at = from; at < to; at++) {
            if (text.charAt(at) == ':') {
                return ipv6(text, from, to);
            }
        }
        return ipv4(text, from, to);
    }

    static @Nullable InetAddress ipv4(CharSequence text, int from, int to) {
        byte[] address = new byte[IPV4_BYTES];
        return readIpv4(text, from, to, address, 0) ? toAddress(address) : null;
    }

    static @Nullable InetAddress ipv6(CharSequence text, int from, int to) {
        byte[] address = new byte[IPV6_BYTES];
        return readIpv6(text, from, to, address) ? toAddress(address) : null;
    }

    /** Returns the address of 4 or 16 bytes, without host name and scope; an IPv4-mapped address as IPv4. */
    static InetAddress toAddress(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length, e);
        }
    }

    private static boolean readIpv4(CharSequence text, int from, int to, byte[] address, int offset) {
        int at = from;
        for (int i = 0; i < IPV4_BYTES; i++) {
            if (i > 0 && (at == to || text.charAt(at++) != '.')) {
                return false;
            }
            int start = at;
            int value = 0;
            while (at < to && isDigit(text.charAt(at)) && value <= 255) {
                value = 10 * value + (text.charAt(at++) - '0');
            }
            boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
            if (at == start || value > 255 || leadingZero) {
                return false;
            }
            address[offset + i] = (byte) value;
        }
        return at == to;
    }

    private static boolean readIpv6(CharSequence text, int from, int to, byte[] address) {
        int at = from;
        int filled = 0;
        int gap = -1;
        if (startsWithTwoColons(text, at, to)) {
            gap = 0;
            at += 2;
        }
        while (at < to) {
            int start = at;
            int group = 0;
            while (at < to && at - start < 4 && hexadecimal(text.charAt(at)) >= 0) {
                group = (group << 4) | hexadecimal(text.charAt(at++));
            }
            if (at < to && text.charAt(at) == '.') {
                if (filled > IPV6_BYTES - IPV4_BYTES || !readIpv4(text, start, to, address, filled)) {
                    return false;
                }
                filled += IPV4_BYTES;
                break;
            }
            if (at == start || filled == IPV6_BYTES) {
                return false;
            }
            address[filled++] = (byte) (group >> 8);
            address[filled++] = (byte) group;
            if (at < to) {
                if (gap < 0 && startsWithTwoColons(text, at, to)) {
                    gap = filled;
                    at += 2;
                } else if (text.charAt(at) != ':' || ++at == to) {
                    return false;
                }
            }
        }
        return gap < 0 ? filled == IPV6_BYTES : filled < IPV6_BYTES && openGap(address, gap, filled);
    }

    /** Moves the bytes behind the gap to the end, and leaves zeros in the gap. */
    private static boolean openGap(byte[] address, int gap, int filled) {
        for (int source = filled - 1, target = IPV6_BYTES - 1; source >= gap; source--, target--) {
            address[target] = address[source];
            address[source] = 0;
        }
        return true;
    }

    private static boolean startsWithTwoColons(CharSequence text, int from, int to) {
        return to - from >= 2 && text.charAt(from) == ':' && text.charAt(from + 1) == ':';
    }

    /** Returns whether a character is one of the ten ASCII digits. {@link Character#isDigit} accepts others, too. */
    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static int hexadecimal(char c) {
        if (isDigit(c)) {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }
}
