package dev.ratelimit.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressKeyTest {

    @ParameterizedTest
    @CsvSource({
        "203.0.113.9, 203.0.113.9",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::",
        "2001:db8:1:2:ffff:ffff:ffff:ffff, 2001:db8:1:2::",
        "fe80::1, fe80::",
        "::1, ::",
        // one client is the IPv4 address
        "::ffff:203.0.113.9, 203.0.113.9",
        "64:ff9b::203.0.113.9, 203.0.113.9",
        "2002:cb00:7109::1, 203.0.113.9",
        "2002:cb00:7109:ffff:1:2:3:4, 203.0.113.9",
        "2001:0:4136:e378:8000:63bf:34ff:8ef6, 203.0.113.9",
        "2001:0:102:304:0:0:34ff:8ef6, 203.0.113.9",
        // near these, and not of them
        "::203.0.113.9, ::",
        "::fffe:203.0.113.9, ::",
        "64:ff9b:1::203.0.113.9, 64:ff9b:1::",
        "64:ff9b::1:203.0.113.9, 64:ff9b::",
        "2001:1:4136:e378:8000:63bf:34ff:8ef6, 2001:1:4136:e378::",
        "2003:cb00:7109::1, 2003:cb00:7109::",
    })
    void perClient(String address, String key) {
        assertThat(AddressKey.perClient().of(parsed(address))).isEqualTo(parsed(key));
    }

    @ParameterizedTest
    @CsvSource({
        "24, 203.0.113.9, 203.0.113.0",
        "25, 203.0.113.129, 203.0.113.128",
        "1, 203.0.113.9, 128.0.0.0",
        "31, 255.255.255.255, 255.255.255.254",
        "32, 203.0.113.9, 203.0.113.9",
        "24, 2002:cb00:7109::1, 203.0.113.0",
        "24, ::ffff:203.0.113.9, 203.0.113.0",
    })
    void ipv4Prefixes(int length, String address, String key) {
        assertThat(AddressKey.perClient().ipv4Prefix(length).of(parsed(address)))
                .isEqualTo(parsed(key));
    }

    @ParameterizedTest
    @CsvSource({
        "56, 2001:db8:1:2ff:3:4:5:6, 2001:db8:1:200::",
        "48, 2001:db8:1:2:3:4:5:6, 2001:db8:1::",
        "128, 2001:db8:1:2:3:4:5:6, 2001:db8:1:2:3:4:5:6",
        "127, 2001:db8::1, 2001:db8::",
        "1, ffff::1, 8000::",
        "96, ::fffe:1.2.3.4, ::fffe:0:0",
        "128, ::ffff:1.2.3.4, 1.2.3.4",
    })
    void ipv6Prefixes(int length, String address, String key) {
        assertThat(AddressKey.perClient().ipv6Prefix(length).of(parsed(address)))
                .isEqualTo(parsed(key));
    }

    @Test
    void scopesAndHostNamesDoNotCount() throws Exception {
        byte[] linkLocal = parsed("fe80::1").getAddress();
        for (AddressKey key :
                new AddressKey[] {AddressKey.perClient(), AddressKey.perClient().ipv6Prefix(128)}) {
            InetAddress first = key.of(Inet6Address.getByAddress("one.example", linkLocal, 1));
            InetAddress second = key.of(Inet6Address.getByAddress("two.example", linkLocal, 2));
            assertThat(first).isEqualTo(second);
            assertThat(first.getHostAddress())
                    .isEqualTo(second.getHostAddress())
                    .doesNotContain("%");
        }
    }

    /** A socket's address object can say IPv6 and hold a mapped address; the JDK does not turn it into IPv4 itself. */
    @Test
    void mappedAddressesInAnObjectOfIpv6AreIpv4() throws Exception {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 1};
        Inet6Address address = Inet6Address.getByAddress(null, mapped, 0);
        assertThat(AddressKey.perClient().of(address)).isEqualTo(parsed("10.0.0.1"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 33, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void ipv4PrefixesOutOfRange(int length) {
        assertThatThrownBy(() -> AddressKey.perClient().ipv4Prefix(length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the IPv4 prefix length must be from 1 to 32, but was " + length);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 129, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void ipv6PrefixesOutOfRange(int length) {
        assertThatThrownBy(() -> AddressKey.perClient().ipv6Prefix(length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the IPv6 prefix length must be from 1 to 128, but was " + length);
    }

    @Test
    void prefixesOfNoBits() {
        assertThatThrownBy(() -> AddressKey.perClient().ipv4Prefix(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("makes all IPv4 clients one")
                .hasMessageContaining("a limiter without a key");
        assertThatThrownBy(() -> AddressKey.perClient().ipv6Prefix(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @SuppressWarnings("NullAway")
    void nulls() {
        assertThatThrownBy(() -> AddressKey.perClient().of(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("address");
    }

    @Test
    void eachSettingLeavesTheOtherAsItIs() {
        assertThat(AddressKey.perClient()).hasToString("AddressKey[IPv4 /32, IPv6 /64]");
        assertThat(AddressKey.perClient().ipv4Prefix(24).ipv6Prefix(56)).hasToString("AddressKey[IPv4 /24, IPv6 /56]");
        assertThat(AddressKey.perClient().ipv6Prefix(56).ipv4Prefix(24)).hasToString("AddressKey[IPv4 /24, IPv6 /56]");
    }

    private static InetAddress parsed(String text) {
        return AddressLiteral.parse(text).orElseThrow();
    }
}
