package dev.ratelimit.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import dev.ratelimit.Rate;
import dev.ratelimit.examples.lab.Connection;
import dev.ratelimit.jdbc.JdbcQuotaStore;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.ManualClock;
import dev.ratelimit.testing.ManualTime;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Quotas over HTTP: which requests count, what the responses say, and what is left after a restart. */
@Timeout(60)
class QuotasIT {

    private static final String KEY = "bronze-kiosk";
    private static final String FIELDS = "X-Api-Key: " + KEY + "\r\n";
    private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(20);
    private static final Rate PLENTY = Rate.perSecond(1_000_000);

    @TempDir
    private Path folder;

    private final ManualTime time = new ManualTime();
    private final ManualClock clock = new ManualClock(Instant.parse("2026-05-15T12:00:20Z"));
    private final AtomicInteger forwarded = new AtomicInteger();
    private TestServer backend;
    private Running running;

    /** A gateway with what belongs to it. */
    private record Running(ApiKeyTable apiKeys, FaultyStore store, QuotaService quotas, Gateway gateway)
            implements AutoCloseable {

        @Override
        public void close() throws IOException {
            gateway.close();
            store.close();
            apiKeys.close();
        }
    }

    @BeforeEach
    void start() throws IOException {
        HttpHandler handler = exchange -> {
            try (exchange) {
                forwarded.incrementAndGet();
                TestServer.answer(exchange, 200, "fine");
            }
        };
        backend = TestServer.start(4, handler);
        running = running(PLENTY);
    }

    @AfterEach
    void stop() throws IOException {
        running.close();
        backend.close();
    }

    @Test
    void answerTellsOfTheQuotasBesideTheLimit() throws IOException {
        Connection.Answer answer = get(FIELDS);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.fields())
                .containsEntry(
                        "ratelimit-policy",
                        "\"bronze\";q=5;w=1, \"calls-a-minute\";q=100;w=60, \"calls-a-month\";q=20000;w=2678400")
                .containsEntry(
                        "ratelimit",
                        "\"bronze\";r=4;t=1, \"calls-a-minute\";r=99;t=40, \"calls-a-month\";r=19999;t=1425580");
    }

    @Test
    void usedUpQuotaRefusesUntilItsWindowEnds() throws IOException {
        running.quotas().consume(KEY, 99);
        assertThat(get(FIELDS).status()).isEqualTo(200);
        Connection.Answer refused = get(FIELDS);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED_BY_QUOTA);
        assertThat(refused.fields())
                .containsEntry("x-refused-by", "quota")
                .containsEntry("retry-after", "40")
                .containsEntry("content-type", "application/problem+json")
                .containsEntry(
                        "ratelimit-policy",
                        "\"bronze\";q=5;w=1, \"calls-a-minute\";q=100;w=60, \"calls-a-month\";q=20000;w=2678400")
                .containsEntry(
                        "ratelimit",
                        "\"bronze\";r=4;t=1, \"calls-a-minute\";r=0;t=40, \"calls-a-month\";r=19900;t=1425580");
        assertThat(refused.body())
                .contains("#quota-exceeded\"", "\"violated-policies\":[\"calls-a-minute\"]", "Try again in 40 s.");
        assertThat(forwarded).hasValue(1);
        assertThat(running.gateway().counts().tally().of(Tier.BRONZE, Outcome.REFUSED_BY_QUOTA))
                .isEqualTo(1);

        clock.advance(Duration.ofSeconds(40));
        assertThat(get(FIELDS).status()).isEqualTo(200);
    }

    @Test
    void usedUpMonthRefusesUntilTheNext() throws IOException {
        for (int minute = 0; minute < 200; minute++) {
            running.quotas().consume(KEY, 100);
            clock.advance(Duration.ofMinutes(1));
        }
        Connection.Answer refused = get(FIELDS);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.body()).contains("[\"calls-a-month\"]");
        assertThat(refused.fields())
                .containsEntry(
                        "retry-after",
                        Long.toString(1_425_580 - Duration.ofMinutes(200).toSeconds()));
    }

    @Test
    void whatGoesNoFurtherIsNotCounted() throws IOException {
        running.close();
        running = running(Rate.perSecond(1).burst(2));
        assertThat(get(FIELDS).status()).isEqualTo(200);
        String broken = FIELDS + "Content-Type: application/xml\r\nContent-Length: 8\r\n\r\n<order/>";
        assertThat(send("POST", broken).status()).as("no order of an account").isEqualTo(400);
        assertThat(send("GET", FIELDS).outcome()).isEqualTo(Outcome.REFUSED_BY_NODE);
        time.advance(Duration.ofSeconds(5));
        assertThat(used()).isEqualTo(1);
    }

    @Test
    void clientOverItsRateConsumesNothing() throws IOException {
        for (int i = 0; i < 20; i++) {
            send("GET", FIELDS);
        }
        assertThat(running.gateway().counts().tally().of(Tier.BRONZE, Outcome.REFUSED_BY_TIER))
                .isEqualTo(15);
        assertThat(used()).isEqualTo(5);
    }

    @Test
    void otherTiersAndMadeUpKeysDoNotReachTheStore() throws IOException {
        for (String key : new String[] {"gold-borealis", "bronze-made-up", "free-cirrus"}) {
            Connection.Answer answer = get("X-Api-Key: " + key + "\r\n");
            assertThat(answer.status()).as(key).isEqualTo(200);
            assertThat(answer.fields().get("ratelimit")).doesNotContain("calls");
        }
        assertThat(running.store().calls()).isZero();
    }

    @Test
    void quotaThatCannotBeCountedLetsNothingPass() throws IOException {
        for (FaultyStore.Fault fault :
                new FaultyStore.Fault[] {FaultyStore.Fault.REFUSE, FaultyStore.Fault.LOSE_REPLY, FaultyStore.Fault.BREAK
                }) {
            running.store().next(fault);
            Connection.Answer answer = get(FIELDS);
            assertThat(answer.status()).as(fault.name()).isEqualTo(503);
            assertThat(answer.body()).contains("your quota cannot be counted now");
            assertThat(answer.fields().get("retry-after")).isEqualTo("2");
        }
        assertThat(forwarded).hasValue(0);
        assertThat(get("X-Api-Key: gold-borealis\r\n").status()).isEqualTo(200);
        assertThat(get(FIELDS).status()).as("once the store is back").isEqualTo(200);
    }

    @Test
    void usedAmountsAreThereAfterARestart() throws IOException {
        for (int i = 0; i < 3; i++) {
            assertThat(get(FIELDS).status()).isEqualTo(200);
        }
        running.close();
        running = running(PLENTY);
        assertThat(used()).isEqualTo(3);
        assertThat(get(FIELDS).fields().get("ratelimit"))
                .contains("\"calls-a-minute\";r=96;", "\"calls-a-month\";r=19996;");
    }

    private long used() {
        return running.quotas().peek(KEY).usages().get(1).used();
    }

    /** Sends a request that the client's own limit has room for. */
    private Connection.Answer get(String fields) throws IOException {
        time.advance(BETWEEN_REQUESTS);
        return send("GET", fields);
    }

    private Connection.Answer send(String method, String fields) throws IOException {
        try (Connection connection = new Connection(running.gateway().address())) {
            return connection.send(method, "/", fields);
        }
    }

    private Running running(Rate node) throws IOException {
        ApiKeyTable apiKeys = ApiKeyTable.demonstration();
        QuotaStore file = JdbcQuotaStore.builder(folder.resolve("quotas"))
                .createTables()
                .clock(clock)
                .build();
        FaultyStore store = new FaultyStore(file);
        Admission admission = new MeteredAdmission(new TieredAdmission(apiKeys, node, time), store, clock);
        var builder = Quotas.builder(file).clock(clock);
        Tier.BRONZE.quotas().forEach(builder::quota);
        Gateway gateway = Gateway.start(
                new Gateway.Setup(0, URI.create(backend.url()), admission, false, Duration.ofSeconds(10)));
        return new Running(apiKeys, store, builder.build(), gateway);
    }
}
