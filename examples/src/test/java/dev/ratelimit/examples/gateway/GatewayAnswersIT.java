package dev.ratelimit.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway answers over HTTP: what it passes on, and what it makes of trouble. */
@Timeout(60)
class GatewayAnswersIT {

    private static final String NO_FIELDS = "";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Test
    void methodTargetFieldsAndBodyGoThroughAndTheAnswerComesBack() throws IOException {
        AtomicReference<String> asked = new AtomicReference<>("");
        HttpHandler handler = exchange -> {
            try (exchange) {
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                asked.set(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                        + exchange.getRequestHeaders().get("X-Custom")
                        + exchange.getRequestHeaders().get("X-Private") + " " + body);
                exchange.getResponseHeaders().set("X-Answer", "yes");
                byte[] answer = "a".repeat(100_000).getBytes(StandardCharsets.UTF_8);
                // Zero: in chunks, as long as it takes.
                exchange.sendResponseHeaders(
                        418, exchange.getRequestURI().getPath().equals("/chunked") ? 0 : 100_000);
                exchange.getResponseBody().write(answer);
            }
        };
        String fields = "X-Custom: 1\r\nX-Private: 2\r\nConnection: X-Private\r\n";
        try (HttpServers.Running backend = HttpServers.start("teapot", 0, 2, handler);
                Gateway gateway = gateway(URI.create(backend.url()), client -> new Verdict.Allowed(), false, PATIENCE);
                Connection connection = new Connection(gateway.address())) {
            Connection.Answer answer =
                    connection.send("PUT", "/a%20b?c=%26", fields + "Content-Length: 5\r\n\r\nhello");
            assertThat(asked.get()).isEqualTo("PUT /a%20b?c=%26 [1]null hello");
            assertThat(answer.status()).isEqualTo(418);
            assertThat(answer.fields()).containsEntry("x-answer", "yes").containsEntry("content-length", "100000");
            assertThat(answer.body()).hasSize(100_000);

            answer = connection.send("POST", "/chunked", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
            assertThat(asked.get()).isEqualTo("POST /chunked nullnull abc");
            assertThat(answer.fields()).containsEntry("transfer-encoding", "chunked");
            assertThat(answer.body()).hasSize(100_000);
        }
    }

    @Test
    void deadBackendIsABadGatewayAtOnce() throws IOException {
        URI nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
        try (Gateway gateway = gateway(nobody, client -> new Verdict.Allowed(), false, PATIENCE);
                Connection connection = new Connection(gateway.address())) {
            assertThat(connection.get("/", NO_FIELDS).status()).isEqualTo(502);
            assertThat(gateway.counts().tally().of(Outcome.ERROR)).isEqualTo(1);
        }
    }

    @Test
    void silentBackendIsAGatewayTimeout() throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        HttpHandler silent = exchange -> {
            try (exchange) {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        try (HttpServers.Running backend = HttpServers.start("silent", 0, 2, silent);
                Gateway gateway = gateway(
                        URI.create(backend.url()), client -> new Verdict.Allowed(), false, Duration.ofMillis(200));
                Connection connection = new Connection(gateway.address())) {
            assertThat(connection.get("/", NO_FIELDS).status()).isEqualTo(504);
            end.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1000})
    void answerThatStopsInTheMiddleEndsTheConnectionAndNotTheGateway(int length) throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        HttpHandler stalling = exchange -> {
            try (exchange) {
                if (exchange.getRequestURI().getPath().equals("/stall")) {
                    exchange.sendResponseHeaders(200, length);
                    exchange.getResponseBody().write(1);
                    exchange.getResponseBody().flush();
                    end.await();
                } else {
                    ShortAnswer.send(exchange, 200, "fine");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        try (HttpServers.Running backend = HttpServers.start("stalling", 0, 2, stalling);
                Gateway gateway = gateway(
                        URI.create(backend.url()), client -> new Verdict.Allowed(), false, Duration.ofSeconds(2));
                Connection connection = new Connection(gateway.address())) {
            assertThat(catchThrowable(() -> connection.get("/stall", NO_FIELDS)))
                    .isInstanceOf(IOException.class);
            assertThat(connection.get("/", NO_FIELDS).status()).isEqualTo(200);
            assertThat(gateway.counts().tally().of(Outcome.ERROR)).isEqualTo(1);
            assertThat(gateway.counts().tally().of(Outcome.ALLOWED)).isEqualTo(1);
            end.countDown();
        }
    }

    @Test
    void badRequestsDoNotStopTheGateway() throws IOException {
        String[] requests = {
            "\r\n\r\n",
            "nonsense\r\n\r\n",
            "GET\r\n\r\n",
            "GET http://[ HTTP/1.1\r\n\r\n",
            "GET * HTTP/1.1\r\n\r\n",
            "GET mailto:a@example.com HTTP/1.1\r\nHost: x\r\n\r\n",
            "CONNECT / HTTP/1.1\r\nHost: x\r\n\r\n",
            "G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            "GET / HTTP/1.1\r\nX\u00ff: \u0001\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        };
        try (Backend backend = Backend.start();
                Gateway gateway = gateway(backend.uri(), client -> new Verdict.Allowed(), false, PATIENCE)) {
            for (String request : requests) {
                assertThat(raw(gateway, request)).as(request).doesNotStartWith("HTTP/1.1 200");
            }
            try (Connection connection = new Connection(gateway.address())) {
                assertThat(connection.get("/", NO_FIELDS).status()).isEqualTo(200);
            }
        }
    }

    private static String raw(Gateway gateway, String request) throws IOException {
        try (Socket socket =
                new Socket(gateway.address().getAddress(), gateway.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readNBytes(20), StandardCharsets.ISO_8859_1);
        }
    }

    private static Gateway gateway(URI backend, Admission admission, boolean trustForwarded, Duration patience)
            throws IOException {
        return Gateway.start(new Gateway.Setup(0, backend, admission, trustForwarded, patience));
    }
}
