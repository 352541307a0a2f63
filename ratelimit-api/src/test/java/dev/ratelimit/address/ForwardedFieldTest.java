package dev.ratelimit.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tables of {@code Forwarded} fields, honest and hostile. Line breaks of the field stand as {@code ⏎}, and 203.0.113.9
 * is the client.
 */
class ForwardedFieldTest {

    private final ClientAddress forwarded =
            ClientAddress.fromForwarded(TrustedProxies.prefixes("10.0.0.0/8", "fd00::/8"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '´',
            value = {
                "203.0.113.9 | for=6.6.6.6 | 203.0.113.9",
                "10.0.0.1 | for=203.0.113.9 | 203.0.113.9",
                "10.0.0.1 | For=203.0.113.9 | 203.0.113.9",
                "10.0.0.1 | FOR=\"203.0.113.9\" | 203.0.113.9",
                "10.0.0.1 | for=\"203.0.113.9:4711\" | 203.0.113.9",
                "10.0.0.1 | for=\"203.0.113.9:_port\" | 203.0.113.9",
                "10.0.0.1 | for=\"203\\.0.113.\\9\" | 203.0.113.9",
                "10.0.0.1 | for=\"[2001:db8::1]\" | 2001:db8:0:0:0:0:0:1",
                "10.0.0.1 | for=\"[2001:DB8::1]:4711\" | 2001:db8:0:0:0:0:0:1",
                "10.0.0.1 | for=\"[::ffff:203.0.113.9]\" | 203.0.113.9",
                // what proxies write beside the grammar, and cannot be misread
                "10.0.0.1 | for=[2001:db8::1]:4711;host=a:80 | 2001:db8:0:0:0:0:0:1",
                "10.0.0.1 | for=\"2001:db8::1\" | 2001:db8:0:0:0:0:0:1",
                "10.0.0.1 | for=203.0.113.9:4711 | 203.0.113.9",
                "10.0.0.1 | by=10.0.0.1 ; for=203.0.113.9\t;\tproto=https | 203.0.113.9",
                // other parameters
                "10.0.0.1 | proto=https;by=10.0.0.1;for=203.0.113.9;host=a.example | 203.0.113.9",
                "10.0.0.1 | ;;for=203.0.113.9;; | 203.0.113.9",
                "10.0.0.1 | for=203.0.113.9;host=\"a,for=6.6.6.6\" | 203.0.113.9",
                "10.0.0.1 | for=203.0.113.9;host=\"a\\\",for=6.6.6.6\" | 203.0.113.9",
                "10.0.0.1 | for=203.0.113.9;host=\"a\\\\\" | 203.0.113.9",
                "10.0.0.1 | for=203.0.113.9;host=\"\\\\\\\",for=6.6.6.6,\\\"\\\\\\\\\" | 203.0.113.9",
                "10.0.0.1 | host=\"\";for=203.0.113.9 | 203.0.113.9",
                "10.0.0.1 | host=\";for=6.6.6.6\";for=203.0.113.9 | 203.0.113.9",
                "10.0.0.1 | forx=6.6.6.6;xfor=7.7.7.7;for=203.0.113.9 | 203.0.113.9",
                // several
                "10.0.0.1 | for=6.6.6.6, for=203.0.113.9, for=10.0.0.3;proto=http, for=\"[fd00::2]\" | 203.0.113.9",
                "10.0.0.1 | for=6.6.6.6⏎for=203.0.113.9,,⏎ ⏎for=10.0.0.2 | 203.0.113.9",
                // quotes that the client opens, and does not close
                "10.0.0.1 | for=6.6.6.6;x=\", for=203.0.113.9 | 203.0.113.9",
                "10.0.0.1 | for=6.6.6.6;x=\"⏎for=203.0.113.9 | 203.0.113.9",
                "10.0.0.1 | for=6.6.6.6;x=\"\\, for=203.0.113.9 | 203.0.113.9",
                "10.0.0.1 | \", for=\"203.0.113.9\" | 203.0.113.9",
                "10.0.0.1 | x=\", for=\"203.0.113.9\";host=\"a,\\\"b\" | 203.0.113.9",
                // and backslashes
                "10.0.0.1 | \\, for=\"203.0.113.9\" | 203.0.113.9",
                "10.0.0.1 | \"\\\\\\, for=\"203.0.113.9\" | 203.0.113.9",
                // the field ends at a proxy
                "10.0.0.1 | , ,, | 10.0.0.1",
                "10.0.0.1 | for=10.0.0.2 | 10.0.0.2",
            })
    void forwarded(String peer, String field, String client) {
        assertThat(forwarded.of(parsed(peer), lines(field)).getHostAddress()).isEqualTo(client);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for=unknown",
                "for=_hidden",
                "for=\"_hidden:_port\"",
                "for=\"unknown:80\"",
                "proto=https",
                "by=6.6.6.6",
                ";",
                "203.0.113.9",
                "for",
                "for=",
                "for=;",
                "=203.0.113.9",
                "for =203.0.113.9",
                "for= 203.0.113.9",
                "for==203.0.113.9",
                "for=203.0.113.9 x",
                "for=203.0.113.9;x",
                "for=203.0.113.9;x=",
                "for=203.0.113.9;=x",
                "for=203.0.113.9;x=a b",
                "for=203.0.113.9;x=\"a\"b",
                "for=203.0.113.9;x=a\"b\"",
                "for=203.0.113.9;x=\"\0\"",
                "for=203.0.113.9;x=\"\\\0\"",
                "for=203.0.113.9;x=\u00FC",
                "for=203.0.113.9;x=\\a",
                "for=203.0.113.9;f\u00F6r=a",
                "for=203.0.113.9;for=203.0.113.9",
                "for=203.0.113.9;FOR=203.0.113.8",
                "for=unknown;for=203.0.113.9",
                "for=\"\"",
                "for=\" 203.0.113.9\"",
                "for=\"203.0.113.9\\\\\"",
                "for=\"203.0.113.9:_\"",
                "for=\"203.0.113.9:_a/b\"",
                "for=\"203.0.113.9:1_\"",
                "for=\"[203.0.113.9]\"",
                "for=\"[2001:db8::1%eth0]\"",
                "for=\"2001:db8:1:2:3:4:5:6:4711\"",
                "for=client.example",
                "\u017For=203.0.113.9",
            })
    void elementsWithoutAnAddressAreChargedToTheProxyThatWroteThem(String element) {
        assertThat(forwarded.of(
                        parsed("10.0.0.1"), List.of("for=6.6.6.6, " + element + ", for=10.0.0.3, for=10.0.0.2")))
                .isEqualTo(parsed("10.0.0.3"));
        assertThat(forwarded.of(parsed("10.0.0.1"), List.of("for=6.6.6.6", element)))
                .isEqualTo(parsed("10.0.0.1"));
        assertThat(forwarded.of(parsed("10.0.0.1"), List.of("for=6.6.6.6, " + element + ", for=203.0.113.9")))
                .isEqualTo(parsed("203.0.113.9"));
    }

    /** The cut at commas leaves none outside quotes; the grammar does not rely on it. */
    @Test
    void commasBelongIntoQuotes() {
        String quoted = "for=203.0.113.9;x=\"a,b\"";
        assertThat(ForwardedElement.address(quoted, 0, quoted.length())).isEqualTo(parsed("203.0.113.9"));
        String unquoted = "for=203.0.113.9;x=a,b";
        assertThat(ForwardedElement.address(unquoted, 0, unquoted.length())).isNull();
    }

    private static List<String> lines(String field) {
        return Arrays.asList(field.split("⏎", -1));
    }

    private static InetAddress parsed(String text) {
        return AddressLiteral.parse(text).orElseThrow();
    }
}
