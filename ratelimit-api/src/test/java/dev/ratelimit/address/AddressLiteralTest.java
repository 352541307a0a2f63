package dev.ratelimit.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressLiteralTest {

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 00000000",
        "192.0.2.1, c0000201",
        "255.255.255.255, ffffffff",
        "::, 00000000000000000000000000000000",
        "::1, 00000000000000000000000000000001",
        "1::, 00010000000000000000000000000000",
        "2001:db8::1, 20010db8000000000000000000000001",
        "2001:DB8:0:0:8:800:200C:417A, 20010db80000000000080800200c417a",
        "0001:0002:0003:0004:0005:0006:0007:0008, 00010002000300040005000600070008",
        "1:2:3:4:5:6:7::, 00010002000300040005000600070000",
        "::2:3:4:5:6:7:8, 00000002000300040005000600070008",
        "1:2::7:8, 00010002000000000000000000070008",
        "::192.0.2.1, 000000000000000000000000c0000201",
        "64:ff9b::192.0.2.33, 0064ff9b0000000000000000c0000221",
        "1:2:3:4:5:6:192.0.2.1, 000100020003000400050006c0000201",
        "::ffff:192.0.2.1, c0000201",
        "::FFFF:C000:0201, c0000201",
        "0:0:0:0:0:ffff:192.0.2.1, c0000201",
        "0000:0000:0000:0000:0000:ffff:255.255.255.255, ffffffff",
    })
    void literals(String text, String bytes) throws Exception {
        assertThat(AddressLiteral.parse(text))
                .contains(InetAddress.getByAddress(HexFormat.of().parseHex(bytes)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "1",
                "1.2",
                "1.2.3",
                "1.2.3.",
                ".1.2.3",
                "1.2.3.4.",
                "1.2.3.4.5",
                "1..2.3",
                "256.0.0.1",
                "1.2.3.256",
                "1.2.3.1000",
                "1.2.3.99999999999999999999",
                "010.0.0.1",
                "1.2.3.04",
                "1.2.3.00",
                "0x7f.0.0.1",
                "0x7f000001",
                "2130706433",
                "-1.2.3.4",
                "+1.2.3.4",
                "1.2.3.4 ",
                " 1.2.3.4",
                "1.2.3.4\n",
                "1.2.3.4\0",
                "1.2.3.4:80",
                "1.2.3.4/32",
                "١.٢.٣.٤",
                "１.2.3.4",
                ":",
                ":::",
                "::::",
                ":1",
                "1:",
                "1::2::3",
                "::1::",
                "1:::2",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8:",
                ":1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1:2:3:4::5:6:7:8",
                "12345::",
                "00001::",
                "g::",
                "-1::",
                "::1.2.3",
                "::1.2.3.4.5",
                "::01.2.3.4",
                "::256.2.3.4",
                "::1.2.3.4:5",
                "::a.2.3.4",
                "1.2.3.4::",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1:2:3:4:5:1.2.3.4",
                "fe80::1%eth0",
                "fe80::1%1",
                "fe80::1%",
                "::ffff:1.2.3.4%1",
                "[::1]",
                "[::1",
                "::1]",
                "::1/128",
                "::1 ",
                "0000:0000:0000:0000:0000:0000:255.255.255.2555",
                "localhost",
                "example.org",
                "unknown",
                "_hidden",
                "a",
                "dead.beef",
            })
    void noLiterals(String text) {
        assertThat(AddressLiteral.parse(text)).isEmpty();
    }

    @Test
    void mappedAddressesAreIpv4() {
        assertThat(AddressLiteral.parse("::ffff:10.0.0.1").orElseThrow()).isInstanceOf(Inet4Address.class);
    }

    @Test
    @SuppressWarnings("NullAway")
    void nulls() {
        assertThatThrownBy(() -> AddressLiteral.parse(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("text");
    }
}
