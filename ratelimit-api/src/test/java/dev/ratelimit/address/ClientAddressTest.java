package dev.ratelimit.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of fields, honest and hostile. Line breaks of the field stand as {@code ⏎}, and 203.0.113.9 is the client. */
class ClientAddressTest {

    private static final TrustedProxies PRIVATE = TrustedProxies.prefixes("10.0.0.0/8", "fd00::/8");

    private final ClientAddress xForwardedFor = ClientAddress.fromXForwardedFor(PRIVATE);
    private final ClientAddress forwarded = ClientAddress.fromForwarded(PRIVATE);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // the peer is no proxy: the field is the client's word
                "203.0.113.9 | 6.6.6.6 | 203.0.113.9",
                "203.0.113.9 | 10.0.0.1 | 203.0.113.9",
                "2001:db8::1 | 6.6.6.6 | 2001:db8:0:0:0:0:0:1",
                // one proxy
                "10.0.0.1 | 203.0.113.9 | 203.0.113.9",
                "10.0.0.1 | 6.6.6.6, 203.0.113.9 | 203.0.113.9",
                "10.0.0.1 | 6.6.6.6,203.0.113.9 | 203.0.113.9",
                "10.0.0.1 | '6.6.6.6 ,\t 203.0.113.9\t ' | 203.0.113.9",
                "10.0.0.1 | 10.0.0.2, 203.0.113.9 | 203.0.113.9",
                "10.0.0.1 | 6.6.6.6⏎203.0.113.9 | 203.0.113.9",
                "10.0.0.1 | 6.6.6.6⏎7.7.7.7, 203.0.113.9 | 203.0.113.9",
                // several
                "10.0.0.1 | 6.6.6.6, 203.0.113.9, 10.0.0.3, 10.0.0.2 | 203.0.113.9",
                "10.0.0.1 | 6.6.6.6⏎203.0.113.9⏎10.0.0.3⏎10.0.0.2 | 203.0.113.9",
                "fd00::1 | 203.0.113.9, 10.0.0.3, fd00::2 | 203.0.113.9",
                "::ffff:10.0.0.1 | 203.0.113.9 | 203.0.113.9",
                // a proxy that is not trusted is the client
                "10.0.0.1 | 6.6.6.6, 203.0.113.9, 10.0.0.2 | 203.0.113.9",
                "10.0.0.1 | 10.0.0.3, 203.0.113.9, 10.0.0.2 | 203.0.113.9",
                // how a proxy may write an address
                "10.0.0.1 | 203.0.113.9:4711 | 203.0.113.9",
                "10.0.0.1 | ::ffff:203.0.113.9 | 203.0.113.9",
                "10.0.0.1 | [::ffff:203.0.113.9]:4711 | 203.0.113.9",
                "10.0.0.1 | 2001:DB8::1 | 2001:db8:0:0:0:0:0:1",
                "10.0.0.1 | [2001:db8::1] | 2001:db8:0:0:0:0:0:1",
                "10.0.0.1 | [2001:db8::1]:4711 | 2001:db8:0:0:0:0:0:1",
                // empty elements
                "10.0.0.1 | 203.0.113.9, | 203.0.113.9",
                "10.0.0.1 | ', ,203.0.113.9, ,,\t,10.0.0.2,,' | 203.0.113.9",
                "10.0.0.1 | 203.0.113.9⏎⏎ ⏎,⏎10.0.0.2 | 203.0.113.9",
                // the field ends at a proxy
                "10.0.0.1 | '' | 10.0.0.1",
                "10.0.0.1 | ⏎ | 10.0.0.1",
                "10.0.0.1 | ',, ,' | 10.0.0.1",
                "10.0.0.1 | 10.0.0.3, 10.0.0.2 | 10.0.0.3",
            })
    void xForwardedFor(String peer, String field, String client) {
        assertThat(xForwardedFor.of(parsed(peer), lines(field)).getHostAddress())
                .isEqualTo(client);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown",
                "_hidden",
                "_",
                "-",
                "null",
                "localhost",
                "client.example",
                "203.0.113.9 6.6.6.6",
                "203.0.113.9;",
                "\"203.0.113.9\"",
                "for=203.0.113.9",
                "010.0.113.9",
                "203.0.113",
                "203.0.113.256",
                "203.0.113.9/32",
                "203.0.113.9:",
                "203.0.113.9:x",
                "203.0.113.9:123456",
                "203.0.113.9:٤",
                "[203.0.113.9]",
                "[203.0.113.9]:80",
                "[2001:db8::1",
                "[2001:db8::1]x",
                "[2001:db8::1]:",
                "[2001:db8::1]80",
                "[]",
                "[",
                "]",
                ":",
                "::1::",
                "2001:db8::1%eth0",
                "[fe80::1%25eth0]",
                "2001:db8:1:2:3:4:5:6:4711",
                "\0",
                "203.0.113.9\0",
                "203.0.113.9\r",
                "\u00A0203.0.113.9",
                "\uD83D\uDE00",
                "\\",
            })
    void whatHidesTheClientIsChargedToTheProxyThatWroteIt(String element) {
        // The nearest proxy that is certain, and never what stands left of the element.
        assertThat(xForwardedFor.of(parsed("10.0.0.1"), List.of("6.6.6.6, " + element + ", 10.0.0.3, 10.0.0.2")))
                .isEqualTo(parsed("10.0.0.3"));
        assertThat(xForwardedFor.of(parsed("10.0.0.1"), List.of("6.6.6.6", element)))
                .isEqualTo(parsed("10.0.0.1"));
        // Left of the client, it is not even looked at.
        assertThat(xForwardedFor.of(parsed("10.0.0.1"), List.of("6.6.6.6, " + element + ", 203.0.113.9, 10.0.0.2")))
                .isEqualTo(parsed("203.0.113.9"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | 203.0.113.9 | 203.0.113.9",
                "1 | 6.6.6.6, 203.0.113.9 | 203.0.113.9",
                "2 | 6.6.6.6, 203.0.113.9, 198.51.100.2 | 203.0.113.9",
                "2 | 6.6.6.6⏎203.0.113.9⏎198.51.100.2 | 203.0.113.9",
                // shorter than it must be: as far as it goes
                "2 | 203.0.113.9 | 203.0.113.9",
                "2 | '' | 198.51.100.1",
                "32 | 203.0.113.9, 198.51.100.2 | 203.0.113.9",
                // hidden
                "2 | 6.6.6.6, unknown, 198.51.100.2 | 198.51.100.2",
                "2 | 203.0.113.9, unknown | 198.51.100.1",
            })
    void hops(int count, String field, String client) {
        assertThat(ClientAddress.fromXForwardedFor(TrustedProxies.hops(count))
                        .of(parsed("198.51.100.1"), lines(field))
                        .getHostAddress())
                .isEqualTo(client);
    }

    @Test
    void requestsWithoutTheField() {
        assertThat(xForwardedFor.of(parsed("10.0.0.1"), null)).isEqualTo(parsed("10.0.0.1"));
        assertThat(xForwardedFor.of(parsed("10.0.0.1"), List.of())).isEqualTo(parsed("10.0.0.1"));
    }

    @Test
    void scopesAndMappingOfThePeerAreDropped() throws Exception {
        InetAddress scoped = Inet6Address.getByAddress(null, parsed("fe80::1").getAddress(), 1);
        assertThat(xForwardedFor.of(scoped, null).getHostAddress()).isEqualTo("fe80:0:0:0:0:0:0:1");

        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 1};
        InetAddress proxy = Inet6Address.getByAddress(null, mapped, 0);
        assertThat(xForwardedFor.of(proxy, null)).isInstanceOf(Inet4Address.class);
        assertThat(xForwardedFor.of(proxy, List.of("203.0.113.9"))).isEqualTo(parsed("203.0.113.9"));
    }

    @Test
    void saysWhichFieldItReads() {
        assertThat(xForwardedFor.fieldName()).isEqualTo("X-Forwarded-For");
        assertThat(forwarded.fieldName()).isEqualTo("Forwarded");
        assertThat(ClientAddress.fromForwarded(TrustedProxies.hops(1)))
                .hasToString("ClientAddress[Forwarded, TrustedProxies[Hops[count=1]]]");
    }

    @Test
    @SuppressWarnings("NullAway")
    void nulls() {
        assertThatThrownBy(() -> ClientAddress.fromForwarded(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("proxies");
        assertThatThrownBy(() -> xForwardedFor.of((InetAddress) null, List.of()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("peer");
        assertThatThrownBy(() -> xForwardedFor.of(parsed("10.0.0.1"), Collections.singletonList(null)))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("field line");
    }

    private static List<String> lines(String field) {
        return Arrays.asList(field.split("⏎", -1));
    }

    private static InetAddress parsed(String text) {
        return AddressLiteral.parse(text).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.9, 203.0.113.9",
        "203.0.113.9:4711, 203.0.113.9",
        "::ffff:203.0.113.9, 203.0.113.9",
        "0:0:0:0:0:0:0:1, 0:0:0:0:0:0:0:1",
        "[::1], 0:0:0:0:0:0:0:1",
        "[2001:db8::1]:80, 2001:db8:0:0:0:0:0:1",
        "fe80::1%eth0, fe80:0:0:0:0:0:0:1",
        "[fe80::1%2]:80, fe80:0:0:0:0:0:0:1"
    })
    void aPeerMayBeAText(String peer, String expected) {
        assertThat(xForwardedFor.of(peer, null).getHostAddress()).isEqualTo(expected);
    }

    @Test
    void aPeerAsTextIsTrustedAsAnyOther() {
        assertThat(xForwardedFor.of("10.0.0.1", List.of("6.6.6.6, 203.0.113.9")).getHostAddress())
                .isEqualTo("203.0.113.9");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "localhost", "example.org", "10.0.0.256", "10.1", "unknown", "%", "]", "[", "[%]", "::1]%["})
    void aPeerThatIsNoAddressIsOneClearError(String peer) {
        assertThatThrownBy(() -> xForwardedFor.of(peer, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("peer must be an IP address, such as 192.0.2.1 or 2001:db8::1, but was \"" + peer + "\"");
    }
}
