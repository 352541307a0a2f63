package dev.ratelimit.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Keys and trusted prefixes against addresses as integers. */
class AddressKeyPropertyTest {

    /** The upper halves of addresses that hold no IPv4 address. */
    private static final List<String> NATIVE = List.of("2001:db8::", "2600:1:2:3::", "fe80::", "fd00:0:0:1::");

    /** Two addresses, of which the second differs from the first in one bit or none. */
    record Neighbours(InetAddress first, InetAddress second) {}

    @Property(tries = 20_000)
    void keysAreEqualIfAndOnlyIfTheBitsThatCountAre(
            @ForAll("neighbours") Neighbours pair,
            @ForAll @IntRange(min = 1, max = 32) int ipv4,
            @ForAll @IntRange(min = 32, max = 128) int ipv6) {
        AddressKey key = AddressKey.perClient().ipv4Prefix(ipv4).ipv6Prefix(ipv6);
        int length = pair.first().getAddress().length == 4 ? ipv4 : ipv6;
        assertThat(key.of(pair.first()).equals(key.of(pair.second())))
                .isEqualTo(leading(pair.first(), length).equals(leading(pair.second(), length)));
        assertThat(key.of(pair.first()).getAddress()).hasSameSizeAs(pair.first().getAddress());
    }

    @Property(tries = 20_000)
    void proxiesAreTrustedIfAndOnlyIfTheyBeginWithThePrefix(
            @ForAll("neighbours") Neighbours pair, @ForAll @IntRange(min = 1, max = 128) int anyLength)
            throws UnknownHostException {
        int bits = Byte.SIZE * pair.first().getAddress().length;
        int length = Math.min(anyLength, bits);
        byte[] network = pair.first().getAddress();
        for (int bit = length; bit < bits; bit++) {
            network[bit / 8] = (byte) (network[bit / 8] & ~(0x80 >> (bit % 8)));
        }
        TrustedProxies proxies = TrustedProxies.prefixes(
                "192.0.2.1", InetAddress.getByAddress(network).getHostAddress() + "/" + length, "2001:db8:f::/48");
        assertThat(proxies.trust(pair.first(), 0)).isTrue();
        assertThat(proxies.trust(pair.second(), 0))
                .isEqualTo(leading(pair.first(), length).equals(leading(pair.second(), length)));
    }

    private static BigInteger leading(InetAddress address, int length) {
        byte[] bytes = address.getAddress();
        return new BigInteger(1, bytes).shiftRight(Byte.SIZE * bytes.length - length);
    }

    @Provide
    Arbitrary<Neighbours> neighbours() {
        Arbitrary<byte[]> ipv4 =
                Arbitraries.bytes().array(byte[].class).ofSize(4).filter(bytes -> bytes[0] != -64);
        Arbitrary<byte[]> ipv6 = Combinators.combine(
                        Arbitraries.of(NATIVE),
                        Arbitraries.bytes().array(byte[].class).ofSize(8))
                .as((upper, lower) -> {
                    byte[] bytes = AddressLiteral.parse(upper).orElseThrow().getAddress();
                    System.arraycopy(lower, 0, bytes, 8, 8);
                    return bytes;
                });
        return Combinators.combine(
                        Arbitraries.oneOf(ipv4, ipv6), Arbitraries.integers().between(0, 256))
                .as((bytes, bit) -> {
                    byte[] other = bytes.clone();
                    // The first 32 bits of IPv6 say whether there is IPv4 in it, and stay as they are.
                    int lowest = bytes.length == 4 ? 0 : 32;
                    if (bit >= lowest && bit < Byte.SIZE * bytes.length) {
                        other[bit / 8] = (byte) (other[bit / 8] ^ (0x80 >> (bit % 8)));
                    }
                    return new Neighbours(AddressLiteral.toAddress(bytes), AddressLiteral.toAddress(other));
                });
    }
}
