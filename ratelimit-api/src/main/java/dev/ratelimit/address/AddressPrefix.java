package dev.ratelimit.address;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * An address prefix is the sequence of leading bits that a block of addresses shares, in CIDR notation (RFC 4632,
 * section 3.1; RFC 4291, section 2.3). Immutable.
 */
final class AddressPrefix {

    private final byte[] bits;
    private final int length;

    /** Creates a prefix, and takes over the bits: 4 or 16 bytes, zero behind the length. */
    AddressPrefix(byte[] bits, int length) {
        this.bits = bits;
        this.length = length;
    }

    /** Parses a prefix of an operator's configuration. Other text is an error whose message says what to write. */
    static AddressPrefix parse(String text) {
        int slash = text.indexOf('/');
        int end = slash < 0 ? text.length() : slash;
        InetAddress address = AddressLiteral.read(text, 0, end);
        if (address == null) {
            throw new IllegalArgumentException("a trusted proxy is an address, or a prefix in CIDR notation such as"
                    + " 10.0.0.0/8 or fd00::/8, but was \"" + text + "\"");
        }
        byte[] bits = address.getAddress();
        if (bits.length == 4 && text.indexOf(':') >= 0) {
            throw new IllegalArgumentException("\"" + text + "\" is an IPv4-mapped address, and those are read as IPv4:"
                    + " write " + address.getHostAddress() + " with a prefix length from 1 to 32");
        }
        int length = slash < 0 ? Byte.SIZE * bits.length : length(text, slash + 1);
        if (length == 0) {
            throw new IllegalArgumentException("\"" + text + "\" would trust every client's word: name the proxies, or"
                    + " count them with TrustedProxies.hops");
        }
        if (length < 0 || length > Byte.SIZE * bits.length) {
            throw new IllegalArgumentException(
                    "the prefix length of \"" + text + "\" must be a number from 1 to " + Byte.SIZE * bits.length);
        }
        byte[] network = bits.clone();
        clearBehind(network, length);
        if (!Arrays.equals(network, bits)) {
            throw new IllegalArgumentException("\"" + text + "\" has bits set behind its prefix: write "
                    + new AddressPrefix(network, length) + ", or " + address.getHostAddress()
                    + " for that address alone");
        }
        return new AddressPrefix(bits, length);
    }

    /** Returns whether an address, of 4 or 16 bytes, begins with this prefix. */
    boolean contains(byte[] address) {
        if (address.length != bits.length) {
            return false;
        }
        int whole = length / Byte.SIZE;
        for (int i = 0; i < whole; i++) {
            if (address[i] != bits[i]) {
                return false;
            }
        }
        int rest = length % Byte.SIZE;
        return rest == 0 || ((address[whole] ^ bits[whole]) & leadingBits(rest)) == 0;
    }

    /** Sets all bits of an address behind a length to zero. */
    static void clearBehind(byte[] address, int length) {
        int whole = length / Byte.SIZE;
        if (whole < address.length) {
            address[whole] = (byte) (address[whole] & leadingBits(length % Byte.SIZE));
            Arrays.fill(address, whole + 1, address.length, (byte) 0);
        }
    }

    private static int leadingBits(int count) {
        return (0xFF00 >> count) & 0xFF;
    }

    /** Parses a decimal number of one to three digits without leading zeros; returns -1 if there is none. */
    private static int length(String text, int from) {
        int digits = text.length() - from;
        if (digits < 1 || digits > 3 || (digits > 1 && text.charAt(from) == '0')) {
            return -1;
        }
        int value = 0;
        for (int at = from; at < text.length(); at++) {
            if (!AddressLiteral.isDigit(text.charAt(at))) {
                return -1;
            }
            value = 10 * value + (text.charAt(at) - '0');
        }
        return value;
    }

    @Override
    public String toString() {
        return AddressLiteral.toAddress(bits).getHostAddress() + "/" + length;
    }
}
