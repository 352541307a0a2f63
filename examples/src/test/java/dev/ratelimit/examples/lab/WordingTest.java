package dev.ratelimit.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.address.AddressKey;
import dev.ratelimit.address.AddressLiteral;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes onto the wire and onto the screen is written so that the other side understands it. */
class WordingTest {

    @ParameterizedTest
    @CsvSource({
        "/a?b=c&d=%20, /a?b=c&d=%20",
        "/a|b, /a%7Cb",
        "/50%, /50%25",
        "//evil.example/x, /evil.example/x",
        "http://example.com/x?y, /x?y",
        "*, /*",
        "/../../etc/passwd?a=../b, /.../.../etc/passwd?a=../b",
        "..%2F, /..%2F",
        "/a/%2E./x..y/..z/.., /a/.../x..y/..z/...",
        "/\u00e4, /%C3%A4",
        "a, /a"
    })
    void targetsAreMadeLegal(String target, String legal) {
        assertThat(Replay.legal(target)).isEqualTo(legal);
    }

    @Test
    void hostsOfALogBecomeAddressesAndNoTwoTheSame() {
        assertThat(Replay.address("192.0.2.1")).isEqualTo("192.0.2.1");
        assertThat(AddressLiteral.parse(Replay.address("2001:db8::1"))).isEqualTo(AddressLiteral.parse("2001:db8::1"));
        Set<Object> clients = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            InetAddress address = AddressLiteral.parse(Replay.address("host-" + i + ".example"))
                    .orElseThrow();
            clients.add(AddressKey.perClient().of(address));
        }
        assertThat(clients).hasSize(1000);
        assertThat(Replay.address("a\nb, c")).doesNotContain("\n", ",");
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 s",
        "PT0.0025S, 2.5 ms",
        "PT1S, 1 s",
        "PT59.5S, 59.5 s",
        "PT1M, 1 min",
        "PT90M, 1.5 h",
        "P1D, 1 day",
        "P3DT12H, 3.5 days"
    })
    void durationsReadWell(Duration duration, String text) {
        assertThat(DurationText.of(duration)).isEqualTo(text);
    }
}
