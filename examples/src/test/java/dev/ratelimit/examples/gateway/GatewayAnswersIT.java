package dev.ratelimit.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpHandler;
import dev.ratelimit.examples.lab.Backend;
import dev.ratelimit.examples.lab.Connection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        try (TestServer backend = TestServer.start(2, handler);
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
        try (TestServer backend = TestServer.start(2, silent);
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
                    TestServer.answer(exchange, 200, "fine");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        try (TestServer backend = TestServer.start(2, stalling);
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

    /**
     * What two servers may read in two ways must not reach the second one: a client could hide a request in another.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 3\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 3",
                "Content-Length: 3\r\nContent-Length: 4",
                "Content-Length: 3, 4",
                "Content-Length: +3",
                "Content-Length: 0x3",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                "Transfer-Encoding : chunked",
                "Content-Length : 3",
                "Content-Length: 3\r\nX: a\r\n b: c\r\nContent-Length: 0",
                "X: a\u0000b",
                "X: a\rTransfer-Encoding: chunked",
                "Host: y",
                "X y: z",
            })
    void ambiguousFramingIsRefusedAndGoesNoFurther(String fields) throws IOException {
        AtomicReference<String> asked = new AtomicReference<>("");
        HttpHandler handler = exchange -> {
            try (exchange) {
                asked.set(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                        + exchange.getRequestHeaders().entrySet());
                TestServer.answer(exchange, 200, "fine");
            }
        };
        try (TestServer backend = TestServer.start(2, handler);
                Gateway gateway =
                        gateway(URI.create(backend.url()), client -> new Verdict.Allowed(), false, PATIENCE)) {
            String request = "POST /a HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n\r\n"
                    + "3\r\nabc\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
            assertThat(raw(gateway, request)).as(fields).startsWith("HTTP/1.1 4");
            assertThat(asked.get()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "Get", "gET"})
    void methodThatTheClientWouldSpellInAnotherWayGoesNoFurther(String method) throws IOException {
        try (Backend backend = Backend.start();
                Gateway gateway = gateway(backend.uri(), client -> new Verdict.Allowed(), false, PATIENCE)) {
            assertThat(raw(gateway, method + " / HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 4");
        }
    }

    @Test
    void theBackendIsSentTheClientsFieldsAndNoOthers() throws IOException {
        AtomicReference<Map<String, List<String>>> fields = new AtomicReference<>(Map.of());
        HttpHandler handler = exchange -> {
            try (exchange) {
                fields.set(Map.copyOf(exchange.getRequestHeaders()));
                TestServer.answer(exchange, 200, "fine");
            }
        };
        try (TestServer backend = TestServer.start(2, handler);
                Gateway gateway = gateway(URI.create(backend.url()), client -> new Verdict.Allowed(), false, PATIENCE);
                Connection connection = new Connection(gateway.address())) {
            URI uri = URI.create(backend.url());
            connection.get("/?a=%FF&b;c=+", "X-Forwarded-For: 192.0.2.1\r\nAccept: a\r\nAccept: b\r\n");
            assertThat(fields.get())
                    .isEqualTo(Map.of(
                            "Host", List.of(uri.getAuthority()),
                            "Accept", List.of("a", "b"),
                            "X-forwarded-for", List.of("127.0.0.1"),
                            "Via", List.of(HeaderFields.VIA)));
            connection.send("POST", "/", "Content-Length: 0\r\n\r\n");
            assertThat(fields.get()).containsOnlyKeys("Host", "X-forwarded-for", "Via", "Content-length");
            connection.send("POST", "/", "Content-Length: 1\r\n\r\na");
            assertThat(fields.get())
                    .containsOnlyKeys("Host", "X-forwarded-for", "Via", "Content-length")
                    .containsEntry("Content-length", List.of("1"));
            connection.send("POST", "/", "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n");
            assertThat(fields.get()).containsOnlyKeys("Host", "X-forwarded-for", "Via", "Transfer-encoding");
        }
    }

    /** The gateway's cache and its backend must speak of the same thing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a?",
                "/?a=%FF&b;c=+",
                "/a;b=c?d&d",
                "/a%2Fb",
                "/%41",
                "/a//b?c=/../",
                "/a/./b",
                "/a/b/..",
                "/%E4",
                "/?a=b&a=%20"
            })
    void targetsReachTheBackendAsTheyWereWritten(String target) throws IOException {
        AtomicReference<String> asked = new AtomicReference<>("");
        HttpHandler handler = exchange -> {
            try (exchange) {
                asked.set(exchange.getRequestURI().toString());
                TestServer.answer(exchange, 200, "fine");
            }
        };
        try (TestServer backend = TestServer.start(2, handler);
                Gateway gateway = gateway(URI.create(backend.url()), client -> new Verdict.Allowed(), false, PATIENCE);
                Connection connection = new Connection(gateway.address())) {
            assertThat(connection.get(target, NO_FIELDS).status()).isEqualTo(200);
            assertThat(asked.get()).isEqualTo(target);
        }
    }

    @Test
    void clientsThatSendSlowlyKeepNobodyElseWaiting() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try (Backend backend = Backend.start();
                Gateway gateway = gateway(backend.uri(), client -> new Verdict.Allowed(), false, PATIENCE);
                Connection connection = new Connection(gateway.address())) {
            for (int i = 0; i < 40; i++) {
                Socket socket = new Socket(
                        gateway.address().getAddress(), gateway.address().getPort());
                slow.add(socket);
                socket.getOutputStream()
                        .write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na"
                                .getBytes(StandardCharsets.ISO_8859_1));
            }
            for (int i = 0; i < 20; i++) {
                long start = System.nanoTime();
                assertThat(connection.get("/", NO_FIELDS).status()).isEqualTo(200);
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .as("less than the patience with those that are slow")
                        .isLessThan(PATIENCE);
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    /** Encoded, to be authenticated, elsewhere: that is between client and backend. */
    @ParameterizedTest
    @ValueSource(ints = {301, 401, 407})
    void answersThatClientsActOnAreHandedOn(int status) throws IOException {
        HttpHandler handler = exchange -> {
            try (exchange) {
                exchange.getResponseHeaders().set("Location", "http://192.0.2.1/");
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"a\"");
                exchange.getResponseHeaders().set("Content-Encoding", "gzip");
                exchange.getResponseHeaders().put("Set-Cookie", List.of("a=b", "c=d"));
                TestServer.answer(exchange, status, "no gzip");
            }
        };
        try (TestServer backend = TestServer.start(2, handler);
                Gateway gateway = gateway(URI.create(backend.url()), client -> new Verdict.Allowed(), false, PATIENCE);
                Connection connection = new Connection(gateway.address())) {
            Connection.Answer answer = connection.get("/", "Accept-Encoding: gzip\r\n");
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body()).isEqualTo("no gzip");
            assertThat(answer.fields())
                    .containsEntry("location", "http://192.0.2.1/")
                    .containsEntry("content-encoding", "gzip")
                    .containsEntry("www-authenticate", "Basic realm=\"a\"");
            assertThat(raw(gateway, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .containsIgnoringCase("\r\nset-cookie: a=b\r\nset-cookie: c=d\r\n");
        }
    }

    private static String raw(Gateway gateway, String request) throws IOException {
        try (Socket socket =
                new Socket(gateway.address().getAddress(), gateway.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readNBytes(2_000), StandardCharsets.ISO_8859_1);
        }
    }

    private static Gateway gateway(URI backend, Admission admission, boolean trustForwarded, Duration patience)
            throws IOException {
        return Gateway.start(new Gateway.Setup(0, backend, admission, trustForwarded, patience));
    }
}
