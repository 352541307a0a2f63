package dev.ratelimit.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import dev.ratelimit.Rate;
import dev.ratelimit.examples.lab.Connection;
import dev.ratelimit.testing.ManualTime;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Orders over HTTP: one at a time of each account, and what is no order does not reach the backend. */
@Timeout(60)
class OrdersIT {

    private static final String ORDER = "<order><account id=\"a-17\"/></order>";

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicReference<String> body = new AtomicReference<>("");
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private TestServer backend;
    private Gateway gateway;

    @BeforeEach
    void start() throws IOException {
        HttpHandler handler = exchange -> {
            try (exchange) {
                asked.incrementAndGet();
                body.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                if (exchange.getRequestURI().getPath().equals("/slow")) {
                    inside.countDown();
                    end.await();
                }
                TestServer.answer(exchange, 200, "booked");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        backend = TestServer.start(4, handler);
        gateway = Gateway.start(new Gateway.Setup(
                0,
                URI.create(backend.url()),
                Admission.perClient(Rate.perSecond(1000), new ManualTime()),
                false,
                Duration.ofSeconds(20)));
    }

    @AfterEach
    void stop() {
        end.countDown();
        gateway.close();
        backend.close();
    }

    @Test
    void orderGoesThroughAsItWasWritten() throws IOException {
        Connection.Answer answer = post("/orders", "application/xml", ORDER);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.outcome()).isEqualTo(Outcome.ALLOWED);
        assertThat(answer.fields()).containsEntry("ratelimit", "\"per-client\";r=999;t=1");
        assertThat(body).hasValue(ORDER);
        try (Connection connection = new Connection(gateway.address())) {
            String chunked = "Content-Type: text/xml;charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + Integer.toHexString(ORDER.length()) + "\r\n" + ORDER + "\r\n0\r\n\r\n";
            assertThat(connection.send("POST", "/orders", chunked).status()).isEqualTo(200);
        }
        assertThat(body).hasValue(ORDER);
    }

    @Test
    void secondOrderAtOnceOfTheSameAccountIsRefused() throws Exception {
        CompletableFuture<Connection.Answer> first = CompletableFuture.supplyAsync(() -> {
            try {
                return post("/slow", "application/xml", ORDER);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        inside.await();
        Connection.Answer second = post("/orders", "application/xml", ORDER);
        assertThat(second.status()).isEqualTo(429);
        assertThat(second.outcome()).isEqualTo(Outcome.REFUSED_BY_ACCOUNT);
        assertThat(second.fields())
                .containsEntry("x-refused-by", "account")
                .containsEntry("retry-after", "1")
                .containsEntry("content-type", "application/problem+json");
        assertThat(second.body()).contains("\"violated-policies\":[\"account\"]", "in progress at once");
        assertThat(post("/orders", "application/xml", ORDER.replace("17", "18")).status())
                .as("another account")
                .isEqualTo(200);
        assertThat(post("/orders", "text/plain", ORDER).status())
                .as("what is no XML")
                .isEqualTo(200);
        end.countDown();
        assertThat(first.join().status()).isEqualTo(200);
        assertThat(gateway.counts().tally().of(Outcome.REFUSED_BY_ACCOUNT)).isEqualTo(1);
        assertThat(asked).hasValue(3);
    }

    @Test
    void requestWithoutABodyIsNoOrderWhateverItSays() throws IOException {
        try (Connection connection = new Connection(gateway.address())) {
            assertThat(connection.get("/", "Content-Type: application/xml\r\n").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void oneOrderAfterTheOtherIsNeverRefused() throws IOException {
        try (Connection connection = new Connection(gateway.address())) {
            for (int i = 0; i < 200; i++) {
                assertThat(connection
                                .send("POST", "/orders", fields("application/xml", ORDER))
                                .status())
                        .as("order %d", i)
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void leaseIsGivenBackWhenTheBackendFails() throws IOException {
        backend.close();
        for (int i = 0; i < 3; i++) {
            assertThat(post("/orders", "application/xml", ORDER).status()).isEqualTo(502);
        }
    }

    @Test
    void brokenAndHostileBodiesAreBadRequestsThatGoNoFurther() throws IOException {
        String laughs =
                "<!DOCTYPE order [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;\">]><order><account id='x'/>&b;</order>";
        for (String xml : new String[] {"", "<order>", "<order/>", laughs}) {
            Connection.Answer answer = post("/orders", "application/xml", xml);
            assertThat(answer.status()).as(xml).isEqualTo(400);
            assertThat(answer.fields()).containsKey("ratelimit");
        }
        assertThat(post("/orders", "application/soap+xml", "<order/>").status()).isEqualTo(400);
        String padded = ORDER + " ".repeat(Orders.MAX_BODY - ORDER.length());
        assertThat(asked).hasValue(0);
        assertThat(post("/orders", "application/xml", padded).status()).isEqualTo(200);
        assertThat(post("/orders", "application/xml", padded + " ").status()).isEqualTo(413);
        assertThat(asked).hasValue(1);
    }

    private Connection.Answer post(String target, String type, String order) throws IOException {
        try (Connection connection = new Connection(gateway.address())) {
            return connection.send("POST", target, fields(type, order));
        }
    }

    private static String fields(String type, String order) {
        return "Content-Type: " + type + "\r\nContent-Length: " + order.length() + "\r\n\r\n" + order;
    }
}
