package dev.ratelimit.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a request is charged to, and which of its header fields go on. */
class IdentityTest {

    private final ApiKeys keys = ApiKeys.demonstration();

    @Test
    void knownKeyIsTheClient() {
        assertThat(keys.identify("plat-atlas", "192.0.2.1")).isEqualTo(new Client(Tier.PLATINUM, "key plat-atlas"));
        assertThat(keys.identify("gold-amok", "192.0.2.1")).isEqualTo(new Client(Tier.GOLD, "key gold-amok"));
        assertThat(keys.identify("free-cirrus", "192.0.2.1")).isEqualTo(new Client(Tier.OTHERS, "key free-cirrus"));
    }

    @Test
    void unknownKeyIsNoKeyHoweverItLooks() {
        Client noKey = keys.identify(null, "192.0.2.1");
        assertThat(keys.identify("plat-1", "192.0.2.1")).isEqualTo(noKey);
        assertThat(keys.identify("", "192.0.2.1")).isEqualTo(noKey);
        assertThat(keys.identify("plat-1", "192.0.2.2")).isNotEqualTo(noKey);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2:0:0:0:0/64",
        "2001:db8:1:2::, 2001:db8:1:2:0:0:0:0/64",
        "::ffff:192.0.2.1, 192.0.2.1",
        "not an address, not an address",
        "host.example, host.example",
        ":::nonsense, :::nonsense"
    })
    void ipv6CountsByItsSubscriber(String address, String counted) {
        assertThat(ClientAddress.canonical(address)).isEqualTo(counted);
    }

    @Test
    void hopByHopFieldsStay() {
        Map<String, List<String>> fields = Map.of(
                "Connection", List.of("keep-alive, X-Private"),
                "Keep-Alive", List.of("timeout=5"),
                "x-private", List.of("1"),
                "Transfer-Encoding", List.of("chunked"),
                "TE", List.of("trailers"),
                "Upgrade", List.of("websocket"),
                "Accept", List.of("a", "b"),
                "X-Api-Key", List.of("k"));
        assertThat(HeaderFields.endToEnd(fields))
                .isEqualTo(Map.of("Accept", List.of("a", "b"), "X-Api-Key", List.of("k")));
    }
}
