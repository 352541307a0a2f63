package dev.ratelimit.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpHandler;
import dev.ratelimit.TimeSource;
import dev.ratelimit.examples.lab.Connection;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testing.ManualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway's cache over HTTP: what it keeps, for whom, and what an answer that was kept costs. */
@Timeout(60)
class GatewayCacheIT {

    private static final String NO_FIELDS = "";
    private static final List<String> NONE = List.of("none");
    private static final String KIOSK = "X-Api-Key: bronze-kiosk\r\n";
    private static final String KEEP = "public, max-age=60";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Admission EVERYBODY = client -> new Verdict.Allowed();

    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private volatile int status = 200;
    private volatile Map<String, String> fields = Map.of("Cache-Control", KEEP);
    private volatile int length = 10;
    private volatile boolean slow;
    private TestServer backend;

    @BeforeEach
    void start() throws IOException {
        HttpHandler handler = exchange -> {
            try (exchange) {
                int number = asked.incrementAndGet();
                if (slow) {
                    mayAnswer.await();
                }
                Headers answer = exchange.getResponseHeaders();
                fields.forEach(answer::set);
                answer.set(
                        "X-Language",
                        exchange.getRequestHeaders()
                                .getOrDefault("Accept-Language", NONE)
                                .get(0));
                answer.set("X-Number", Integer.toString(number));
                byte[] body = "a".repeat(length).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
                exchange.getResponseBody().write(body);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        backend = TestServer.start(16, handler);
    }

    @AfterEach
    void stop() {
        mayAnswer.countDown();
        backend.close();
    }

    @Test
    void aHitDoesNotReachTheBackendAndTellsItsAge() throws IOException {
        fields = Map.of("Cache-Control", KEEP, "Age", "7", "RateLimit", "\"backend\";r=1;t=1", "X-Own", "yes");
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            Connection.Answer first = get(gateway, "/a?b=c", NO_FIELDS);
            assertThat(first.outcome()).isEqualTo(Outcome.ALLOWED);
            assertThat(first.fields().get("cache-status")).startsWith("\"ratelimit-gateway\"; fwd=miss; stored; ttl=");
            Connection.Answer second = get(gateway, "/a?b=c", "Cache-Control: no-cache\r\n");
            assertThat(second.outcome()).isEqualTo(Outcome.FROM_CACHE);
            assertThat(second.status()).isEqualTo(200);
            assertThat(second.body()).isEqualTo(first.body()).hasSize(10);
            assertThat(second.fields())
                    .containsEntry("x-own", "yes")
                    .containsEntry("x-number", "1")
                    .containsEntry("via", HeaderFields.VIA)
                    .doesNotContainKey("ratelimit");
            assertThat(second.fields().get("cache-status")).startsWith("\"ratelimit-gateway\"; hit; ttl=");
            assertThat(Integer.parseInt(second.fields().get("age"))).isBetween(7, 20);
            assertThat(asked).hasValue(1);
            assertThat(gateway.counts().tally().of(Outcome.FROM_CACHE)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "/a?", "/a?b=d", "/a?b=c&d", "/A?b=c", "/a%3Fb=c", "/a/?b=c"})
    void anotherPathOrQueryIsAnotherKey(String target) throws IOException {
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            get(gateway, "/a?b=c", NO_FIELDS);
            get(gateway, target, NO_FIELDS);
            assertThat(asked).hasValue(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"POST, false", "PUT, false", "X-UNKNOWN, false", "OPTIONS, true", "GET, true"})
    void otherRequestsPassByAndUnsafeOnesEndWhatIsKept(String method, boolean stillKept) throws IOException {
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            get(gateway, "/a", NO_FIELDS);
            for (int i = 0; i < 2; i++) {
                Connection.Answer answer = send(gateway, method, "/a", "Content-Length: 1\r\n\r\nb");
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.fields()).containsEntry("cache-status", "\"ratelimit-gateway\"; fwd=bypass");
            }
            assertThat(asked).hasValue(3);
            assertThat(get(gateway, "/a", NO_FIELDS).outcome())
                    .isEqualTo(stillKept ? Outcome.FROM_CACHE : Outcome.ALLOWED);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, 'Accept: x', 200, ''",
        "GET, 'Range: bytes=0-1', 206, aa",
        "GET, 'If-None-Match: \"x\"', 304, ''",
        "GET, 'If-None-Match: \"y\"', 200, aaaaaaaaaa"
    })
    void partsOfWhatIsKeptNeedNoBackend(String method, String field, int expected, String body) throws IOException {
        fields = Map.of("Cache-Control", KEEP, "ETag", "\"x\"");
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            get(gateway, "/a", NO_FIELDS);
            Connection.Answer answer = send(gateway, method, "/a", field + "\r\n");
            assertThat(answer.outcome()).isEqualTo(Outcome.FROM_CACHE);
            assertThat(answer.status()).isEqualTo(expected);
            assertThat(answer.body()).isEqualTo(body);
            assertThat(asked).hasValue(1);
        }
    }

    /** RFC 9111, section 4.2.1: a lifetime is Expires − Date, and the server has written its own date. */
    @Test
    void aLifetimeByExpiresIsSaidByMaxAgeToo() throws IOException {
        fields = Map.of("Expires", "Fri, 01 Jan 2038 00:00:00 GMT");
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            String first = get(gateway, "/a", NO_FIELDS).fields().get("cache-control");
            assertThat(first).matches("max-age=[0-9]{9}");
            assertThat(get(gateway, "/a", NO_FIELDS).fields())
                    .containsEntry("cache-control", first)
                    .containsEntry("expires", "Fri, 01 Jan 2038 00:00:00 GMT")
                    .containsKey("age");
            assertThat(asked).hasValue(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 400, 403, 429, 500, 502, 503, 504})
    void errorsAreNeverKept(int error) throws IOException {
        status = error;
        fields = Map.of("Cache-Control", KEEP, "Retry-After", "7");
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            for (int i = 1; i <= 3; i++) {
                Connection.Answer answer = get(gateway, "/a", NO_FIELDS);
                assertThat(answer.status()).isEqualTo(error);
                assertThat(answer.fields()).containsEntry("retry-after", "7");
                assertThat(answer.body()).hasSize(10);
                assertThat(asked).hasValue(i);
            }
            status = 200;
            assertThat(get(gateway, "/a", NO_FIELDS).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'Set-Cookie', 's=1', 'public, max-age=60', ''",
        "'Vary', '*', 'public, max-age=60', ''",
        "'X', 'y', 'max-age=60', 'Authorization: Basic eA=='",
        "'X', 'y', 'max-age=60', 'X-Api-Key: anybody'",
        "'X', 'y', 'private, max-age=60', ''",
        "'X', 'y', 'no-store', ''",
        "'X', 'y', 'x', ''"
    })
    void whatIsOneClientsOwnIsNotShared(String name, String value, String control, String request) throws IOException {
        fields = Map.of("Cache-Control", control, name, value);
        String own = request.isEmpty() ? "" : request + "\r\n";
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            for (int i = 1; i <= 3; i++) {
                Connection.Answer answer = get(gateway, "/a", own);
                assertThat(answer.outcome()).isEqualTo(Outcome.ALLOWED);
                assertThat(answer.fields())
                        .containsEntry("x-number", Integer.toString(i))
                        .containsEntry(name.toLowerCase(Locale.ROOT), value);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Accept-Language", "accept-language, Accept"})
    void variantsAreKeptSideBySideAndNeverMixedUp(String vary) throws IOException {
        fields = Map.of("Cache-Control", KEEP, "Vary", vary);
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            for (Outcome expected : List.of(Outcome.ALLOWED, Outcome.FROM_CACHE, Outcome.FROM_CACHE)) {
                for (String language : List.of("en", "de", "none")) {
                    String asks = language.equals("none") ? NO_FIELDS : "Accept-Language: " + language + "\r\n";
                    Connection.Answer answer = get(gateway, "/a", asks);
                    assertThat(answer.outcome()).isEqualTo(expected);
                    assertThat(answer.fields())
                            .containsEntry("x-language", language)
                            .containsEntry("vary", vary);
                }
            }
            assertThat(asked).hasValue(3);
        }
    }

    @Test
    void aRequestThatWaitsForAnotherVariantIsNotGivenIt() throws Exception {
        fields = Map.of("Cache-Control", KEEP, "Vary", "Accept-Language");
        slow = true;
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            List<Future<Connection.Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String asks = "Accept-Language: l" + i % 2 + "\r\n";
                Callable<Connection.Answer> get = () -> get(gateway, "/a", asks);
                answers.add(clients.submit(get));
            }
            while (asked.get() == 0) {
                Thread.sleep(1);
            }
            mayAnswer.countDown();
            for (int i = 0; i < 8; i++) {
                assertThat(answers.get(i).get().fields()).containsEntry("x-language", "l" + i % 2);
            }
            assertThat(asked).hasValue(2);
        } finally {
            clients.shutdownNow();
        }
    }

    /** What a client says of its address is not what the backend hears: nobody can have an answer kept as another's. */
    @Test
    void variantsGoByWhatTheBackendIsSent() throws IOException {
        fields = Map.of("Cache-Control", KEEP, "Vary", "X-Forwarded-For");
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            get(gateway, "/a", "X-Forwarded-For: 192.0.2.1\r\n");
            assertThat(get(gateway, "/a", "X-Forwarded-For: 192.0.2.2\r\n").outcome())
                    .isEqualTo(Outcome.FROM_CACHE);
        }
        fields = Map.of("Cache-Control", KEEP, "Vary", "Accept-Language", "Connection", "Vary");
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            for (int i = 0; i < 2; i++) {
                assertThat(get(gateway, "/a", NO_FIELDS).outcome()).isEqualTo(Outcome.ALLOWED);
            }
        }
    }

    @Test
    void nobodyWaitsForTheRenewalOfWhatMayBeUsedMeanwhile() throws Exception {
        fields = Map.of("Cache-Control", "public, max-age=0, stale-while-revalidate=60");
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            get(gateway, "/a", NO_FIELDS);
            slow = true;
            assertThat(get(gateway, "/a", NO_FIELDS).fields()).containsEntry("x-number", "1");
            mayAnswer.countDown();
            while ("1".equals(get(gateway, "/a", NO_FIELDS).fields().get("x-number"))) {
                Thread.sleep(1);
            }
        }
    }

    @Test
    void aBodyThatStopsComingIsATimeout() throws IOException {
        HttpHandler half = exchange -> {
            exchange.getResponseHeaders().set("Cache-Control", KEEP);
            exchange.sendResponseHeaders(200, 10);
            exchange.getResponseBody().write(1);
            exchange.getResponseBody().flush();
        };
        TestServer stopping = TestServer.start(1, half);
        Gateway.Setup setup = new Gateway.Setup(
                0, URI.create(stopping.url()), EVERYBODY, false, Duration.ofMillis(300), Caching.HITS_ARE_FREE);
        try (stopping;
                Gateway gateway = Gateway.start(setup)) {
            assertThat(get(gateway, "/a", NO_FIELDS).status()).isEqualTo(504);
        }
    }

    @Test
    void staleAnswersStandInWhileTheBackendFails() throws IOException {
        fields = Map.of("Cache-Control", "public, max-age=0, stale-if-error=60");
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            assertThat(get(gateway, "/a", NO_FIELDS).status()).isEqualTo(200);
            status = 503;
            Connection.Answer stale = get(gateway, "/a", NO_FIELDS);
            assertThat(stale.status()).isEqualTo(200);
            assertThat(stale.fields().get("cache-status"))
                    .startsWith("\"ratelimit-gateway\"; hit")
                    .contains("stale");
            assertThat(stale.fields()).containsEntry("x-number", "1").containsKey("age");
            backend.close();
            assertThat(get(gateway, "/a", NO_FIELDS).status()).as("it is gone").isEqualTo(200);
            assertThat(get(gateway, "/b", NO_FIELDS).status()).as("never seen").isEqualTo(502);
        }
    }

    @Test
    void concurrentRequestsShareTheAnswer() throws Exception {
        slow = true;
        ExecutorService clients = Executors.newFixedThreadPool(10);
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            List<Future<Connection.Answer>> answers = new ArrayList<>();
            Callable<Connection.Answer> get = () -> get(gateway, "/a", NO_FIELDS);
            for (int i = 0; i < 10; i++) {
                answers.add(clients.submit(get));
            }
            while (asked.get() == 0) {
                Thread.sleep(1);
            }
            mayAnswer.countDown();
            for (Future<Connection.Answer> answer : answers) {
                assertThat(answer.get().fields()).containsEntry("x-number", "1");
            }
            assertThat(asked).hasValue(1);
            assertThat(gateway.counts().tally().of(Outcome.ALLOWED)).isEqualTo(1);
            assertThat(gateway.counts().tally().of(Outcome.FROM_CACHE)).isEqualTo(9);
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void whatIsTooLongGoesThroughAndIsNotKept() throws IOException {
        length = (1 << 20) + 1;
        try (Gateway gateway = gateway(Caching.HITS_ARE_FREE)) {
            for (int i = 1; i <= 2; i++) {
                assertThat(get(gateway, "/a", NO_FIELDS).body()).hasSize(length);
                assertThat(asked).hasValue(i);
            }
            length = 1 << 20;
            for (int i = 1; i <= 2; i++) {
                assertThat(get(gateway, "/b", NO_FIELDS).body()).hasSize(length);
            }
            assertThat(asked).hasValue(3);
        }
    }

    @Test
    void withoutACacheNothingIsKeptAndNothingIsSaidOfIt() throws IOException {
        try (Gateway gateway = gateway(Caching.OFF)) {
            for (int i = 1; i <= 2; i++) {
                assertThat(get(gateway, "/a", NO_FIELDS).fields()).doesNotContainKeys("cache-status", "age");
            }
            assertThat(asked).hasValue(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"HITS_ARE_FREE, 99, 98", "HITS_CONSUME_QUOTA, 97, 96"})
    void hitsCostQuotaOrDoNot(Caching caching, int leftAfterHits, int leftAfterMiss) throws IOException {
        ManualClock clock = new ManualClock(Instant.parse("2026-05-15T12:00:20Z"));
        try (QuotaStore store = QuotaStores.inMemory(clock);
                ApiKeyTable apiKeys = ApiKeyTable.demonstration()) {
            Admission tiers = new TieredAdmission(apiKeys, Scale.FULL, TimeSource.system());
            Admission metered = new MeteredAdmission(tiers, store, clock);
            try (Gateway gateway = gateway(metered, caching)) {
                assertThat(get(gateway, "/a", KIOSK).fields().get("ratelimit")).contains("\"calls-a-minute\";r=99;");
                get(gateway, "/a", KIOSK);
                Connection.Answer hit = get(gateway, "/a", KIOSK);
                assertThat(hit.outcome()).isEqualTo(Outcome.FROM_CACHE);
                assertThat(hit.fields().get("ratelimit"))
                        .as("a free answer says nothing of quotas")
                        .contains(leftAfterHits == 99 ? "\"bronze\"" : "\"calls-a-minute\";r=" + leftAfterHits + ";");
                assertThat(asked).hasValue(1);
                assertThat(get(gateway, "/b", KIOSK).fields().get("ratelimit"))
                        .contains("\"calls-a-minute\";r=" + leftAfterMiss + ";");
            }
        }
    }

    @Test
    void aUsedUpQuotaStillAllowsWhatIsFree() throws IOException {
        ManualClock clock = new ManualClock(Instant.parse("2026-05-15T12:00:20Z"));
        try (QuotaStore store = QuotaStores.inMemory(clock)) {
            Admission metered = new MeteredAdmission(bronze(), store, clock);
            try (Gateway gateway = gateway(metered, Caching.HITS_ARE_FREE)) {
                for (int i = 0; i < 100; i++) {
                    assertThat(get(gateway, "/" + i, KIOSK).status()).isEqualTo(200);
                }
                assertThat(get(gateway, "/0", KIOSK).outcome()).isEqualTo(Outcome.FROM_CACHE);
                assertThat(get(gateway, "/100", KIOSK).outcome()).isEqualTo(Outcome.REFUSED_BY_QUOTA);
                assertThat(asked).hasValue(100);
            }
        }
    }

    /** Everybody is a client of the tier that has quotas, and has no limit. */
    private static Admission bronze() {
        return new Admission() {
            @Override
            public Verdict allow(Client client) {
                return new Verdict.Allowed();
            }

            @Override
            public Client identify(@Nullable String apiKey, InetAddress address) {
                return new Client(Tier.BRONZE, "kiosk");
            }
        };
    }

    private Gateway gateway(Caching caching) throws IOException {
        return gateway(EVERYBODY, caching);
    }

    private Gateway gateway(Admission admission, Caching caching) throws IOException {
        return Gateway.start(new Gateway.Setup(0, URI.create(backend.url()), admission, false, PATIENCE, caching));
    }

    private static Connection.Answer get(Gateway gateway, String target, String fields) throws IOException {
        return send(gateway, "GET", target, fields);
    }

    private static Connection.Answer send(Gateway gateway, String method, String target, String fields)
            throws IOException {
        try (Connection connection = new Connection(gateway.address())) {
            return connection.send(method, target, fields);
        }
    }
}
