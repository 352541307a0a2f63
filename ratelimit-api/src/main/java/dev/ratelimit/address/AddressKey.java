package dev.ratelimit.address;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Objects;

/**
 * An address key reduces a client's address to the key of a limiter: its leading bits stay, and all others become zero.
 *
 * <pre>{@code
 * Limiter<InetAddress> perClient = Limiters.builder(Rate.perSecond(10)).build(AddressKey.perClient()::of);
 * AddressKey.perClient().ipv6Prefix(56)    // a whole site of most providers is one client
 * AddressKey.perClient().ipv4Prefix(24)    // 256 neighbours are one client
 * }</pre>
 *
 * <p>All bits of an IPv4 address count, unless {@link #ipv4Prefix} says otherwise. Of an IPv6 address, the /64 prefix
 * counts, unless {@link #ipv6Prefix} says otherwise. A /64 is the smallest block that a subscriber gets, and one host
 * may use each of its 2<sup>64</sup> addresses for one request.
 *
 * <p><b>IPv4 within IPv6.</b> If an IPv6 address contains an IPv4 address, the IPv4 address is the client, and counts
 * as IPv4. The /64 of the IPv6 address would cover too many clients or too few addresses:
 * <ul>
 *   <li>{@code ::ffff:0:0/96}, IPv4-mapped (RFC 4291, section 2.5.5.2): another notation of IPv4;
 *   <li>{@code 64:ff9b::/96}, NAT64 (RFC 6052, section 2.1): all of IPv4 would be one client;
 *   <li>{@code 2002::/16}, 6to4 (RFC 3056, section 2): each IPv4 address has 65,536 /64s to choose from;
 *   <li>{@code 2001::/32}, Teredo (RFC 4380, section 4): all clients of a Teredo server share a /64, and a client may
 *       name many servers. The client is the IPv4 address of its NAT, which the last 32 bits contain inverted.
 * </ul>
 *
 * <p><b>The key</b> is an {@link InetAddress}: a limiter accepts it directly, and people can read it. Its host name and
 * its scope ({@code fe80::1%eth0}) do not count. IPv4 and IPv6 are never the same key. An address key has one prefix
 * length for each family, so two keys are equal if, and only if, all bits that count are equal. A limiter that gets
 * keys of two address keys needs a {@link dev.ratelimit.Key} that also contains the prefix length.
 *
 * <p>Immutable and thread-safe. Does not wait, and calls no name service.
 */
public final class AddressKey {

    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;
    private static final int SUBNET_BITS = 64;

    private static final AddressKey PER_CLIENT = new AddressKey(IPV4_BITS, SUBNET_BITS);

    private static final AddressPrefix IPV4_MAPPED =
            new AddressPrefix(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0}, 96);
    private static final AddressPrefix NAT64 = AddressPrefix.parse("64:ff9b::/96");
    private static final AddressPrefix SIX_TO_FOUR = AddressPrefix.parse("2002::/16");
    private static final AddressPrefix TEREDO = AddressPrefix.parse("2001::/32");

    private final int ipv4Prefix;
    private final int ipv6Prefix;

    private AddressKey(int ipv4Prefix, int ipv6Prefix) {
        this.ipv4Prefix = ipv4Prefix;
        this.ipv6Prefix = ipv6Prefix;
    }

    /**
     * Returns the default address key, which identifies most likely one client: an IPv4 address, or an IPv6 /64.
     *
     * @return the default address key
     */
    public static AddressKey perClient() {
        return PER_CLIENT;
    }

    /**
     * Returns this address key with another length of the part of IPv4 addresses that counts.
     *
     * @param length the number of bits, from 1 to 32
     * @return the address key with that length
     * @throws IllegalArgumentException if the length is out of range
     */
    public AddressKey ipv4Prefix(int length) {
        return new AddressKey(checked("IPv4", length, IPV4_BITS), ipv6Prefix);
    }

    /**
     * Returns this address key with another length of the part of IPv6 addresses that counts.
     *
     * @param length the number of bits, from 1 to 128; above 64, a client can use any number of budgets
     * @return the address key with that length
     * @throws IllegalArgumentException if the length is out of range
     */
    public AddressKey ipv6Prefix(int length) {
        return new AddressKey(ipv4Prefix, checked("IPv6", length, IPV6_BITS));
    }

    /**
     * Returns the key of an address.
     *
     * @param address the client's address: that of the peer, or the result of {@link ClientAddress}
     * @return the part that counts; the address itself, if all of its bits count
     */
    public InetAddress of(InetAddress address) {
        Objects.requireNonNull(address, "address");
        if (ipv4Prefix == IPV4_BITS && address instanceof Inet4Address) {
            return address;
        }
        byte[] client = client(address.getAddress());
        AddressPrefix.clearBehind(client, client.length == Integer.BYTES ? ipv4Prefix : ipv6Prefix);
        return AddressLiteral.toAddress(client);
    }

    /** Returns the bytes of the IPv4 address that an IPv6 address contains; for any other address, its own bytes. */
    private static byte[] client(byte[] address) {
        if (IPV4_MAPPED.contains(address) || NAT64.contains(address)) {
            return Arrays.copyOfRange(address, 12, 16);
        }
        if (SIX_TO_FOUR.contains(address)) {
            return Arrays.copyOfRange(address, 2, 6);
        }
        if (TEREDO.contains(address)) {
            byte[] client = Arrays.copyOfRange(address, 12, 16);
            for (int i = 0; i < client.length; i++) {
                client[i] = (byte) ~client[i];
            }
            return client;
        }
        return address;
    }

    private static int checked(String family, int length, int longest) {
        if (length == 0) {
            throw new IllegalArgumentException("an " + family + " prefix of 0 bits makes all " + family
                    + " clients one: for one budget for all, use a limiter without a key");
        }
        if (length < 0 || length > longest) {
            throw new IllegalArgumentException(
                    "the " + family + " prefix length must be from 1 to " + longest + ", but was " + length);
        }
        return length;
    }

    @Override
    public String toString() {
        return "AddressKey[IPv4 /" + ipv4Prefix + ", IPv6 /" + ipv6Prefix + "]";
    }
}
