package dev.ratelimit.examples.minimal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.ManualClock;
import dev.ratelimit.testing.ManualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The endpoint that the guide shows in forty lines, over HTTP. */
@Timeout(60)
class ProtectedEndpointIT {

    private static final String ADA = "key-of-ada";
    private static final String GRACE = "key-of-grace";
    private static final String UNKNOWN = "made-up";

    private final ManualTime time = new ManualTime();
    private final ManualClock clock = new ManualClock(Instant.parse("2026-05-31T23:59:00Z"));
    private final FaultyStore store = new FaultyStore(QuotaStores.inMemory(clock));
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/protected", new ProtectedEndpoint(store, time, clock)::handle);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void anAnswerTellsOfAllThreeLimits() throws Exception {
        HttpResponse<String> answer = send("GET", ADA, "192.0.2.1");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello\n");
        assertThat(field(answer, "RateLimit-Policy"))
                .isEqualTo("\"per-key\";q=20;w=1, \"per-address\";q=5;w=1, \"calls-a-month\";q=20000;w=2678400");
        assertThat(field(answer, "RateLimit"))
                .isEqualTo("\"per-key\";r=19;t=1, \"per-address\";r=4;t=1, \"calls-a-month\";r=19999;t=60");
    }

    @Test
    void theLimitOfTheKeyHoldsForAllItsAddresses() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(send("GET", ADA, "192.0.2." + i).statusCode()).isEqualTo(200);
        }
        HttpResponse<String> refused = send("GET", ADA, "192.0.2.99");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(field(refused, "Retry-After")).isEqualTo("1");
        assertThat(field(refused, "Content-Type")).isEqualTo("application/problem+json");
        assertThat(field(refused, "RateLimit")).isEqualTo("\"per-key\";r=0;t=1, \"per-address\";r=5;t=1");
        assertThat(refused.body()).contains("\"violated-policies\":[\"per-key\"]");
        assertThat(store.calls()).as("a refused request counts on no quota").isEqualTo(20);
    }

    @Test
    void theLimitOfTheAddressHoldsForAllItsKeys() throws Exception {
        for (String apiKey : List.of(ADA, GRACE, UNKNOWN, ADA, GRACE)) {
            assertThat(send("GET", apiKey, "192.0.2.1").statusCode()).isEqualTo(200);
        }
        HttpResponse<String> refused = send("GET", ADA, "192.0.2.1");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(field(refused, "RateLimit")).isEqualTo("\"per-key\";r=18;t=1, \"per-address\";r=0;t=1");
        assertThat(send("GET", ADA, "192.0.2.2").statusCode())
                .as("another address")
                .isEqualTo(200);
    }

    @Test
    void aClientCannotChooseItsAddress() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(send("GET", UNKNOWN, "198.51.100." + i + ", 192.0.2.1").statusCode())
                    .isEqualTo(200);
        }
        assertThat(send("GET", UNKNOWN, "198.51.100.5, 192.0.2.1").statusCode()).isEqualTo(429);
        assertThat(store.calls()).as("an unknown key has no quota").isZero();
    }

    @Test
    void eachCustomerHasAQuotaForTheMonth() throws Exception {
        Quota calls = Quota.of("calls-a-month", 20_000, CalendarWindow.monthly());
        try (QuotaService elsewhere =
                Quotas.builder(store).quota(calls).clock(clock).build()) {
            elsewhere.consume("ada", 20_000);
        }
        HttpResponse<String> refused = send("GET", ADA, "192.0.2.1");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(field(refused, "Retry-After")).isEqualTo("60");
        assertThat(refused.body()).contains("\"violated-policies\":[\"calls-a-month\"]");
        assertThat(send("GET", GRACE, "192.0.2.1").statusCode())
                .as("another customer")
                .isEqualTo(200);
    }

    @Test
    void aRefusedHeadHasNoContent() throws Exception {
        for (int i = 0; i < 5; i++) {
            send("HEAD", UNKNOWN, "192.0.2.1");
        }
        HttpResponse<String> refused = send("HEAD", UNKNOWN, "192.0.2.1");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).isEmpty();
        assertThat(send("GET", UNKNOWN, "192.0.2.1").body())
                .as("on the same connection")
                .contains("per-address");
    }

    @Test
    void theServerThatIsThereToBeTriedHasIt() throws Exception {
        HttpServer tried = MinimalServer.start(0);
        try {
            HttpRequest request = HttpRequest.newBuilder(uri(tried)).build();
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(field(answer, "RateLimit")).isEqualTo("\"per-address\";r=4;t=1");
        } finally {
            tried.stop(0);
        }
    }

    /** The guide promises fewer than forty lines, without imports and comments, with four for the server. */
    @Test
    void itHasFewerThanFortyLines() throws Exception {
        Path examples = Path.of("").toAbsolutePath().getFileName().toString().equals("examples")
                ? Path.of("")
                : Path.of("examples");
        Path source = examples.resolve("src/main/java/dev/ratelimit/examples/minimal/ProtectedEndpoint.java");
        try (Stream<String> lines = Files.lines(source)) {
            assertThat(lines.dropWhile(line -> !line.startsWith("final class"))
                            .filter(line -> !line.isBlank())
                            .count())
                    .isLessThan(40 - 4);
        }
    }

    private HttpResponse<String> send(String method, String apiKey, String forwardedFor) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(server))
                .method(method, BodyPublishers.noBody())
                .header("X-Api-Key", apiKey)
                .header("X-Forwarded-For", forwardedFor)
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static URI uri(HttpServer server) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/protected");
    }

    private static String field(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
