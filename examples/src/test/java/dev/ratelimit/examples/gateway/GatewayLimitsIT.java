package dev.ratelimit.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import dev.ratelimit.Rate;
import dev.ratelimit.examples.lab.Backend;
import dev.ratelimit.examples.lab.Connection;
import dev.ratelimit.testing.ManualTime;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The gateway's limits over HTTP: which requests are refused, which wait, and what the responses say. */
@Timeout(60)
class GatewayLimitsIT {

    private static final String NO_FIELDS = "";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ManualTime time = new ManualTime();
    private final ApiKeyTable apiKeys = table();

    private static ApiKeyTable table() {
        try {
            return ApiKeyTable.demonstration();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() throws IOException {
        apiKeys.close();
    }

    @Test
    void refusalSaysWhyAndWhenToComeAgain() throws IOException {
        try (Backend backend = Backend.start();
                Gateway gateway = gateway(
                        backend.uri(),
                        Admission.perClient(Rate.of(1, Duration.ofMillis(2500)), time),
                        false,
                        PATIENCE);
                Connection connection = new Connection(gateway.address())) {
            assertThat(connection.get("/", NO_FIELDS).status()).isEqualTo(200);
            Connection.Answer refused = connection.get("/", NO_FIELDS);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.fields()).containsEntry("retry-after", "3").containsEntry("x-refused-by", "tier");
            assertThat(refused.fields())
                    .containsEntry("content-type", "application/problem+json")
                    .containsEntry("ratelimit-policy", "\"per-client\";q=1;w=3")
                    .containsEntry("ratelimit", "\"per-client\";r=0;t=3")
                    .containsEntry("x-ratelimit-limit", "1");
            assertThat(refused.body())
                    .contains("#quota-exceeded\"", "\"status\":429", "\"violated-policies\":[\"per-client\"]");
            time.advance(Duration.ofMillis(1600));
            assertThat(connection.get("/", NO_FIELDS).fields()).containsEntry("retry-after", "1");
            Connection.Answer head = connection.send("HEAD", "/", NO_FIELDS);
            assertThat(head.status()).isEqualTo(429);
            time.advance(Duration.ofMillis(900));
            assertThat(connection.get("/", NO_FIELDS).status()).isEqualTo(200);
        }
    }

    @Test
    void madeUpApiKeysAndForwardedAddressesBringNoFreshBudget() throws IOException {
        try (Backend backend = Backend.start();
                Gateway gateway = gateway(
                        backend.uri(), new TieredAdmission(apiKeys, Rate.perSecond(100_000), time), false, PATIENCE);
                Connection connection = new Connection(gateway.address())) {
            int allowed = 0;
            for (int i = 0; i < 100; i++) {
                String fields = "X-Api-Key: plat-" + i + "\r\nX-Forwarded-For: 10.0.0." + i + "\r\n";
                allowed += connection.get("/", fields).status() == 200 ? 1 : 0;
            }
            assertThat(allowed).as("one budget of the tier others").isEqualTo((int)
                    Tier.OTHERS.rate().capacity());
            assertThat(connection.get("/", "X-Api-Key: gold-borealis\r\n").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void trustedProxyIsBelievedForWhatItHasAddedItself() throws IOException {
        try (Backend backend = Backend.start();
                Gateway gateway = gateway(backend.uri(), Admission.perClient(Rate.perSecond(1), time), true, PATIENCE);
                Connection connection = new Connection(gateway.address())) {
            assertThat(connection.get("/", "X-Forwarded-For: 192.0.2.1\r\n").status())
                    .isEqualTo(200);
            assertThat(connection.get("/", "X-Forwarded-For: 192.0.2.2\r\n").status())
                    .isEqualTo(200);
            assertThat(connection
                            .get("/", "X-Forwarded-For: 192.0.2.3, 192.0.2.1\r\n")
                            .status())
                    .isEqualTo(429);
        }
    }

    @Test
    void refusalOfTheNodeCostsTheClientNothing() throws IOException {
        Client gold = new Client(Tier.GOLD, "gold-borealis");
        TieredAdmission admission = new TieredAdmission(apiKeys, Rate.perSecond(3), time);
        try (Backend backend = Backend.start();
                Gateway gateway = gateway(backend.uri(), admission, false, PATIENCE);
                Connection connection = new Connection(gateway.address())) {
            for (int i = 0; i < 20; i++) {
                Connection.Answer answer = connection.get("/", "X-Api-Key: gold-borealis\r\n");
                assertThat(answer.outcome()).isEqualTo(i < 3 ? Outcome.ALLOWED : Outcome.REFUSED_BY_NODE);
                assertThat(answer.status()).isEqualTo(i < 3 ? 200 : 429);
            }
            assertThat(admission.remaining(gold)).isEqualTo(Tier.GOLD.rate().capacity() - 3);
            assertThat(gateway.counts().tally().of(Tier.GOLD, Outcome.REFUSED_BY_NODE))
                    .isEqualTo(17);
        }
    }

    @Test
    void silverIsAnsweredLaterInsteadOfRefusedAndToldHowLongItWaited() throws Exception {
        try (Backend backend = Backend.start();
                Gateway gateway = gateway(
                        backend.uri(), new TieredAdmission(apiKeys, Rate.perSecond(1000), time), false, PATIENCE);
                Connection connection = new Connection(gateway.address())) {
            String silver = "X-Api-Key: silver-waves\r\n";
            for (int i = 0; i < Tier.SILVER.rate().capacity(); i++) {
                assertThat(connection.get("/", silver).fields()).doesNotContainKey("server-timing");
            }
            CompletableFuture<Connection.Answer> late = CompletableFuture.supplyAsync(() -> {
                try {
                    return connection.get("/", silver);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            time.awaitPending(1);
            assertThat(late).isNotDone();
            time.advance(Duration.ofMillis(5));
            assertThat(late.get().status()).isEqualTo(200);
            assertThat(late.get().fields())
                    .containsEntry("server-timing", "ratelimit;dur=5.000")
                    .containsEntry("ratelimit-policy", "\"silver\";q=20;w=1");
            assertThat(late.get().waitedNanos()).isEqualTo(5_000_000);
        }
    }

    @Test
    void fieldsAreTheGatewaysOwnWhateverTheBackendSays() throws IOException {
        HttpHandler handler = exchange -> {
            exchange.getResponseHeaders().set("RateLimit", "of the backend");
            TestServer.answer(exchange, 200, "fine");
            exchange.close();
        };
        try (TestServer backend = TestServer.start(2, handler);
                Gateway gateway = gateway(
                        URI.create(backend.url()), Admission.perClient(Rate.perSecond(5), time), false, PATIENCE);
                Connection connection = new Connection(gateway.address())) {
            assertThat(connection.get("/", NO_FIELDS).fields())
                    .containsEntry("ratelimit", "\"per-client\";r=4;t=1")
                    .hasEntrySatisfying("date", date -> assertThat(date).hasSize(29));
        }
    }

    private static Gateway gateway(URI backend, Admission admission, boolean trustForwarded, Duration patience)
            throws IOException {
        return Gateway.start(new Gateway.Setup(0, backend, admission, trustForwarded, patience));
    }
}
