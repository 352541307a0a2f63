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
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The gateway that the guide shows, over HTTP: which client is charged, what a refusal says, and what is counted. */
@Timeout(60)
class MinimalGatewayIT {

    private static final String KEY = "key-of-ada";
    private static final String NO_KEY = "";
    private static final String PROXY_ONLY = "";

    static {
        // Read once, with the server's first class: without it, small answers on kept connections wait for 40 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final ManualTime time = new ManualTime();
    private final ManualClock clock = new ManualClock(Instant.parse("2026-05-31T23:59:00Z"));
    private final FaultyStore store = new FaultyStore(QuotaStores.inMemory(clock));
    private final AtomicInteger answered = new AtomicInteger();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                new MinimalGateway(
                        exchange -> {
                            answered.incrementAndGet();
                            exchange.sendResponseHeaders(204, -1);
                            exchange.close();
                        },
                        Set.of(KEY, "key-of-grace"),
                        store,
                        time,
                        clock));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aKeyHasItsOwnLimitAndIsToldWhatIsLeft() throws Exception {
        HttpResponse<String> first = get(KEY, "192.0.2.1");
        assertThat(first.statusCode()).isEqualTo(204);
        assertThat(field(first, "RateLimit-Policy"))
                .hasValueSatisfying(
                        value -> assertThat(value).startsWith("\"per-key\";q=20;w=1, \"calls-a-month\";q=20000;w="));
        assertThat(field(first, "RateLimit"))
                .hasValueSatisfying(
                        value -> assertThat(value).startsWith("\"per-key\";r=19;t=1, \"calls-a-month\";r=19999;t="));
        for (int i = 1; i < 20; i++) {
            assertThat(get(KEY, "192.0.2." + i).statusCode()).isEqualTo(204);
        }
        HttpResponse<String> refused = get(KEY, "192.0.2.99");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(field(refused, "Retry-After")).contains("1");
        assertThat(field(refused, "RateLimit")).contains("\"per-key\";r=0;t=1");
        assertThat(field(refused, "Content-Type")).contains("application/problem+json");
        assertThat(refused.body()).contains("#quota-exceeded\"", "\"violated-policies\":[\"per-key\"]");
        assertThat(get("key-of-grace", "192.0.2.1").statusCode())
                .as("another key")
                .isEqualTo(204);
        time.advance(Duration.ofMillis(20));
        assertThat(get(KEY, "192.0.2.1").statusCode()).isEqualTo(204);
        assertThat(answered).hasValue(22);
    }

    @Test
    void withoutAKnownKeyTheAddressIsCharged() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(get("made-up-" + i, "192.0.2.1").statusCode()).isEqualTo(204);
        }
        HttpResponse<String> refused = get("made-up-5", "192.0.2.1");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("\"violated-policies\":[\"per-address\"]");
        assertThat(get(NO_KEY, "192.0.2.1").statusCode()).as("the same address").isEqualTo(429);
        assertThat(get(NO_KEY, "192.0.2.2").statusCode()).as("another address").isEqualTo(204);
        assertThat(get(NO_KEY, PROXY_ONLY).statusCode())
                .as("no forwarding field: the peer itself")
                .isEqualTo(204);
        assertThat(store.calls()).as("nobody without a key has a quota").isZero();
    }

    @Test
    void onlyWhatTheProxyHasAddedIsBelieved() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(get(NO_KEY, "198.51.100." + i + ", 192.0.2.1").statusCode())
                    .isEqualTo(204);
        }
        assertThat(get(NO_KEY, "198.51.100.5, 192.0.2.1").statusCode()).isEqualTo(429);
    }

    @Test
    void ipv6IsLimitedByItsSubscriber() throws Exception {
        for (int i = 0; i < 5; i++) {
            get(NO_KEY, "2001:db8::" + i);
        }
        assertThat(get(NO_KEY, "2001:db8::5").statusCode()).isEqualTo(429);
    }

    @Test
    void aUsedUpQuotaRefusesUntilTheMonthEnds() throws Exception {
        Quota calls = Quota.of("calls-a-month", 20_000, CalendarWindow.monthly());
        try (QuotaService elsewhere =
                Quotas.builder(store).quota(calls).clock(clock).build()) {
            elsewhere.consume(KEY, 19_999);
        }
        assertThat(get(KEY, PROXY_ONLY).statusCode()).as("the last one").isEqualTo(204);
        time.advance(Duration.ofMillis(20));
        HttpResponse<String> refused = get(KEY, PROXY_ONLY);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(field(refused, "Retry-After")).contains("60");
        assertThat(field(refused, "RateLimit")).contains("\"per-key\";r=19;t=1, \"calls-a-month\";r=0;t=60");
        assertThat(refused.body()).contains("\"violated-policies\":[\"calls-a-month\"]");
        clock.advance(Duration.ofMinutes(1));
        assertThat(get(KEY, PROXY_ONLY).statusCode()).as("in June").isEqualTo(204);
        assertThat(answered).hasValue(2);
    }

    @Test
    void whatTheLimitRefusesIsNotCountedOnTheQuota() throws Exception {
        for (int i = 0; i < 30; i++) {
            get(KEY, PROXY_ONLY);
        }
        assertThat(answered).hasValue(20);
        assertThat(store.calls()).isEqualTo(20);
    }

    /** A hundredth of the quota is allowed while the store is away; then the service is at fault, not the client. */
    @Test
    void aStoreThatIsAwayIsA503OnceTheShareIsSpent() throws Exception {
        store.beginOutage(FaultyStore.Fault.REFUSE);
        for (int i = 0; i < 200; i++) {
            time.advance(Duration.ofMillis(20));
            assertThat(get(KEY, PROXY_ONLY).statusCode()).isEqualTo(204);
        }
        time.advance(Duration.ofMillis(20));
        HttpResponse<String> refused = get(KEY, PROXY_ONLY);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(field(refused, "Retry-After")).isPresent();
        store.endOutage();
    }

    @Test
    void aRefusedHeadHasNoContent() throws Exception {
        for (int i = 0; i < 5; i++) {
            get(NO_KEY, PROXY_ONLY);
        }
        HttpResponse<String> refused = send("HEAD", NO_KEY, PROXY_ONLY);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).isEmpty();
        assertThat(get(NO_KEY, PROXY_ONLY).statusCode())
                .as("on the same connection")
                .isEqualTo(429);
    }

    @Test
    void theServerThatIsThereToBeTriedAnswers() throws Exception {
        HttpServer tried = MinimalServer.start(0);
        try {
            URI hello = URI.create("http://127.0.0.1:" + tried.getAddress().getPort() + "/hello");
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(hello).build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("hello\n");
            assertThat(field(answer, "RateLimit")).contains("\"per-address\";r=4;t=1");
        } finally {
            tried.stop(0);
        }
    }

    private HttpResponse<String> get(String apiKey, String forwardedFor) throws Exception {
        return send("GET", apiKey, forwardedFor);
    }

    private HttpResponse<String> send(String method, String apiKey, String forwardedFor) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"))
                .method(method, BodyPublishers.noBody());
        if (!apiKey.isEmpty()) {
            request.header("X-Api-Key", apiKey);
        }
        if (!forwardedFor.isEmpty()) {
            request.header("X-Forwarded-For", forwardedFor);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static Optional<String> field(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name);
    }
}
