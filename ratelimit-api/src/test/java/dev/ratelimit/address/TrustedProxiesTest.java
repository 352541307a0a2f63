package dev.ratelimit.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.7, 10.0.0.7, true",
        "10.0.0.7, 10.0.0.8, false",
        "10.0.0.7/32, 10.0.0.7, true",
        "128.0.0.0/1, 255.0.0.1, true",
        "128.0.0.0/1, 127.0.0.1, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::1, false",
        "2001:db8:0:0:8000::/65, 2001:db8::8000:0:0:1, true",
        "2001:db8:0:0:8000::/65, 2001:db8::1, false",
        "::1, ::1, true",
        "::1/128, ::2, false",
        // families, and addresses that hold another, do not mix
        "10.0.0.0/8, a00::1, false",
        "a00::/8, 10.0.0.1, false",
        "::/8, 0.0.0.1, false",
        "10.0.0.0/8, 64:ff9b::10.0.0.1, false",
        "10.0.0.0/8, 2002:a00:1::1, false",
        "10.0.0.0/8, ::10.0.0.1, false",
        "10.0.0.0/8, ::ffff:10.0.0.1, true",
    })
    void prefixes(String prefix, String address, boolean trusted) {
        assertThat(TrustedProxies.prefixes(prefix)
                        .trust(AddressLiteral.parse(address).orElseThrow(), 0))
                .isEqualTo(trusted);
    }

    @Test
    void hopsAreCountedWhateverTheirAddress() {
        TrustedProxies proxies = TrustedProxies.hops(2);
        assertThat(proxies.trust(AddressLiteral.parse("8.8.8.8").orElseThrow(), 0))
                .isTrue();
        assertThat(proxies.trust(AddressLiteral.parse("8.8.8.8").orElseThrow(), 1))
                .isTrue();
        assertThat(proxies.trust(AddressLiteral.parse("8.8.8.8").orElseThrow(), 2))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "/",
                "/8",
                "proxy.example",
                "10.0.0.0 /8",
                " 10.0.0.0/8",
                "10/8",
                "fe80::1%eth0/64",
                "[::1]"
            })
    void textThatIsNoPrefix(String text) {
        assertThatThrownBy(() -> TrustedProxies.prefixes(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "a trusted proxy is an address, or a prefix in CIDR notation such as 10.0.0.0/8 or fd00::/8,"
                                + " but was \"" + text + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/33, 32",
        "10.0.0.0/, 32",
        "10.0.0.0/-1, 32",
        "10.0.0.0/+8, 32",
        "10.0.0.0/08, 32",
        "10.0.0.0/8/8, 32",
        "'10.0.0.0/8 ', 32",
        "10.0.0.0/255.0.0.0, 32",
        "10.0.0.0/٨, 32",
        "10.0.0.0/4294967304, 32",
        "fd00::/129, 128",
        "fd00::/999, 128",
        "fd00::/1000, 128",
    })
    void lengthsOutOfRange(String text, int longest) {
        assertThatThrownBy(() -> TrustedProxies.prefixes(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the prefix length of \"" + text + "\" must be a number from 1 to " + longest);
    }

    @Test
    void bitsBehindThePrefix() {
        assertThatThrownBy(() -> TrustedProxies.prefixes("10.0.0.7/8"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"10.0.0.7/8\" has bits set behind its prefix: write 10.0.0.0/8, or 10.0.0.7 for that"
                        + " address alone");
        assertThatThrownBy(() -> TrustedProxies.prefixes("fd00::1/127"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("write fd00:0:0:0:0:0:0:0/127");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0/0", "::/0", "10.0.0.0/0"})
    void everybodyIsNoProxy(String text) {
        assertThatThrownBy(() -> TrustedProxies.prefixes("10.0.0.0/8", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + text + "\" would trust every client's word: name the proxies, or count them with"
                        + " TrustedProxies.hops");
    }

    @ParameterizedTest
    @ValueSource(strings = {"::ffff:10.0.0.0/104", "::ffff:0:0/96", "::ffff:10.0.0.1"})
    void mappedPrefixesHaveToBeWrittenAsIpv4(String text) {
        assertThatThrownBy(() -> TrustedProxies.prefixes(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is an IPv4-mapped address")
                .hasMessageContaining("with a prefix length from 1 to 32");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 33, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void hopsOutOfRange(int count) {
        assertThatThrownBy(() -> TrustedProxies.hops(count))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the number of trusted hops must be from 1 to 32, but was " + count
                        + "; without a trusted proxy, the peer is the client");
    }

    @Test
    void noProxies() {
        assertThatThrownBy(TrustedProxies::prefixes)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name at least one trusted proxy");
        assertThatThrownBy(() -> TrustedProxies.prefixes(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @SuppressWarnings("NullAway")
    void nulls() {
        assertThatThrownBy(() -> TrustedProxies.prefixes((List<String>) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("prefixes");
        assertThatThrownBy(() -> TrustedProxies.prefixes((String[]) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("prefixes");
        assertThatThrownBy(() -> TrustedProxies.prefixes(Arrays.asList("10.0.0.0/8", null)))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("prefix");
    }

    @Test
    void saysWhomItTrusts() {
        assertThat(TrustedProxies.prefixes("10.0.0.0/8", "10.0.0.7"))
                .hasToString("TrustedProxies[Prefixes[prefixes=[10.0.0.0/8, 10.0.0.7/32]]]");
        assertThat(TrustedProxies.hops(2)).hasToString("TrustedProxies[Hops[count=2]]");
    }
}
