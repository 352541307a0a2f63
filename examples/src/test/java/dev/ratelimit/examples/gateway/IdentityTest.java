package dev.ratelimit.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Rate;
import dev.ratelimit.address.AddressLiteral;
import dev.ratelimit.testing.ManualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whom a request is charged to, and which of its header fields go on. */
class IdentityTest {

    private static final InetAddress ADDRESS = address("192.0.2.1");
    private static final Client NO_KEY = new Client(Tier.OTHERS, ADDRESS);

    private final ManualTime time = new ManualTime();
    private ApiKeyTable apiKeys;
    private TieredAdmission admission;

    @BeforeEach
    void open() throws IOException {
        apiKeys = ApiKeyTable.demonstration();
        admission = new TieredAdmission(apiKeys, Rate.perSecond(1), time);
    }

    @AfterEach
    void close() throws IOException {
        apiKeys.close();
    }

    @Test
    void keyThatStandsInATierIsTheClient() {
        assertThat(admission.identify("plat-atlas", ADDRESS)).isEqualTo(new Client(Tier.PLATINUM, "plat-atlas"));
        assertThat(admission.identify("gold-amok", ADDRESS)).isEqualTo(new Client(Tier.GOLD, "gold-amok"));
        assertThat(admission.identify("silver-shop", ADDRESS)).isEqualTo(new Client(Tier.SILVER, "silver-shop"));
    }

    @Test
    void anyOtherKeyIsNoKeyHoweverItLooks() {
        assertThat(admission.identify(null, ADDRESS)).isEqualTo(NO_KEY);
        for (String key : List.of(
                "plat-1", "", "free-cirrus", "PLAT-ATLAS", "' or '1'='1", "192.0.2.1", "\u0000", "x".repeat(100_000))) {
            assertThat(admission.identify(key, ADDRESS)).as(key).isEqualTo(NO_KEY);
        }
        assertThat(admission.identify("plat-1", address("192.0.2.2"))).isNotEqualTo(NO_KEY);
    }

    @Test
    void ipv6CountsByItsSubscriber() {
        assertThat(admission.identify(null, address("2001:db8:1:2:3:4:5:6")))
                .isEqualTo(admission.identify(null, address("2001:db8:1:2::")))
                .isNotEqualTo(admission.identify(null, address("2001:db8:1:3::")));
    }

    @Test
    void tierIsRememberedForAMinute() throws SQLException {
        assertThat(admission.identify("gold-amok", ADDRESS).tier()).isEqualTo(Tier.GOLD);
        apiKeys.put("gold-amok", "platinum");
        assertThat(admission.identify("gold-amok", ADDRESS).tier()).isEqualTo(Tier.GOLD);
        time.advance(Duration.ofMinutes(1));
        assertThat(admission.identify("gold-amok", ADDRESS).tier()).isEqualTo(Tier.PLATINUM);
    }

    @Test
    void deadDatabaseChangesNoTierThatIsKnownAndGivesNoneAway() throws IOException {
        assertThat(admission.identify("gold-amok", ADDRESS).tier()).isEqualTo(Tier.GOLD);
        apiKeys.close();
        time.advance(Duration.ofHours(1));
        assertThat(admission.identify("gold-amok", ADDRESS).tier()).isEqualTo(Tier.GOLD);
        assertThat(admission.identify("plat-atlas", ADDRESS)).isEqualTo(NO_KEY);
    }

    @Test
    void tierThatThereIsNotIsNoTier() throws SQLException {
        apiKeys.put("bronze-x", "copper");
        assertThat(admission.identify("bronze-x", ADDRESS)).isEqualTo(NO_KEY);
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

    private static InetAddress address(String text) {
        return AddressLiteral.parse(text).orElseThrow();
    }
}
