package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.HttpExchange;
import dev.ratelimit.Lease;
import dev.ratelimit.address.ClientAddress;
import dev.ratelimit.address.TrustedProxies;
import dev.ratelimit.http.ServiceLimit;
import dev.ratelimit.quota.QuotaUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * An HTTP gateway: it identifies the client, asks the limits, and sends on what they admit.
 *
 * <p>A refused request is answered at once, and the backend never hears of it. A backend that cannot be reached is a
 * 502, one that takes too long a 504, a quota that cannot be counted a 503; no request can stop the gateway.
 */
final class Gateway implements AutoCloseable {

    private static final int THREADS = 64 + TieredAdmission.MAXIMUM_WAITERS;
    /** Whoever runs on this machine may be a proxy; nobody else. */
    private static final ClientAddress LOCAL_PROXY =
            ClientAddress.fromXForwardedFor(TrustedProxies.prefixes("127.0.0.0/8", "::1"));

    private static final System.Logger LOG = System.getLogger("gateway");
    private static final int NO_BODY = -1;
    private static final int CHUNKED = 0;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final Setup setup;
    private final Forwarder forwarder;
    private final Orders orders = new Orders();
    private final Counts counts = new Counts();
    private final HttpServers.Running running;

    /** Ends answers whose body stops coming: the HTTP client's own timeout covers the head only. */
    private final ScheduledThreadPoolExecutor deadlines;

    /**
     * How a gateway is set up.
     *
     * @param port the port, or 0 for a free one
     * @param backend scheme, host and port of the backend
     * @param admission the limits
     * @param trustForwarded whether {@code X-Forwarded-For} is believed, from peers on this machine
     * @param patience how long the backend may take for the head of an answer, and again for its body
     */
    record Setup(int port, URI backend, Admission admission, boolean trustForwarded, Duration patience) {}

    /** A request that the limits have let pass: from whom it came, and what they said. */
    private record Passage(HttpExchange exchange, Client client, InetAddress address, Verdict.Admitted admitted) {}

    private Gateway(Setup setup) throws IOException {
        this.setup = setup;
        forwarder = new Forwarder(setup.backend(), setup.patience());
        deadlines = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "gateway-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        deadlines.setRemoveOnCancelPolicy(true);
        running = HttpServers.start("gateway", setup.port(), THREADS, this::handle);
    }

    static Gateway start(Setup setup) throws IOException {
        return new Gateway(setup);
    }

    InetSocketAddress address() {
        return running.address();
    }

    String url() {
        return running.url();
    }

    Counts counts() {
        return counts;
    }

    @Override
    public void close() {
        running.close();
        deadlines.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        InetAddress address = address(exchange);
        Client client = setup.admission().identify(exchange.getRequestHeaders().getFirst("X-Api-Key"), address);
        try {
            Verdict verdict = setup.admission().admit(client);
            if (verdict instanceof Verdict.Refused refused) {
                refuse(exchange, client, refused);
            } else {
                LimitFields.set(exchange, verdict.limits());
                Passage passage = new Passage(exchange, client, address, (Verdict.Admitted) verdict);
                if (Orders.isOrder(exchange)) {
                    order(passage);
                } else {
                    charge(passage);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(exchange, client, 503, "the gateway is stopping");
        }
        // Only what went well is closed, which ends the answer; after an exception the server cuts the connection, and
        // so the client can tell that an answer is not whole.
        exchange.close();
    }

    private InetAddress address(HttpExchange exchange) {
        InetAddress peer = exchange.getRemoteAddress().getAddress();
        return setup.trustForwarded()
                ? LOCAL_PROXY.of(peer, exchange.getRequestHeaders().get(LOCAL_PROXY.fieldName()))
                : peer;
    }

    /** Passes an order on if no other one of its account is in progress. What it has cost its tier stays paid: it was read. */
    private void order(Passage passage) throws IOException, InterruptedException {
        HttpExchange exchange = passage.exchange();
        Optional<byte[]> body = Orders.body(exchange);
        if (body.isEmpty()) {
            fail(exchange, passage.client(), 413, "an order has at most " + Orders.LONGEST_BODY + " bytes");
            return;
        }
        Optional<String> account = OrderDocument.account(body.get());
        if (account.isEmpty()) {
            fail(exchange, passage.client(), 400, "this is not the order of one account");
            return;
        }
        try (Lease lease = orders.enter(account.get())) {
            if (lease.granted()) {
                charge(passage);
                exchange.close();
            } else {
                List<ServiceLimit> limits = new ArrayList<>(passage.admitted().limits());
                limits.add(ServiceLimit.of(lease.decision().policy(), lease.decision()));
                refuse(exchange, passage.client(), new Verdict.Refused(Verdict.Limit.ACCOUNT, limits));
            }
        }
    }

    /** Passes a request on if its client's quotas have it. They are asked last: what goes no further is not counted. */
    private void charge(Passage passage) throws IOException, InterruptedException {
        HttpExchange exchange = passage.exchange();
        Client client = passage.client();
        Verdict verdict;
        try {
            verdict = setup.admission().charge(client, passage.admitted());
        } catch (QuotaUnavailableException e) {
            LOG.log(System.Logger.Level.WARNING, "a quota could not be counted: {0}", e.getMessage());
            fail(exchange, client, 503, "your quota cannot be counted now, so the request was not passed on");
            return;
        }
        if (verdict instanceof Verdict.Refused refused) {
            refuse(exchange, client, refused);
        } else {
            forward(new Passage(exchange, client, passage.address(), (Verdict.Admitted) verdict));
        }
    }

    private void forward(Passage passage) throws IOException, InterruptedException {
        HttpExchange exchange = passage.exchange();
        Client client = passage.client();
        HttpResponse<InputStream> response;
        try {
            response = forwarder.send(exchange, passage.address().getHostAddress());
        } catch (HttpTimeoutException e) {
            fail(exchange, client, 504, "the backend took too long");
            return;
        } catch (IOException e) {
            fail(exchange, client, 502, "the backend cannot be reached");
            return;
        } catch (IllegalArgumentException e) {
            fail(exchange, client, 400, "the request cannot be passed on");
            return;
        }
        // Counted before the client can know the answer, so that whoever has all answers finds all of them counted.
        counts.add(client.tier(), Outcome.ADMITTED);
        try (InputStream body = response.body()) {
            ScheduledFuture<?> deadline =
                    deadlines.schedule(() -> close(body), setup.patience().toMillis(), TimeUnit.MILLISECONDS);
            // One by one: all at once they would keep their spelling, and stand beside the same fields of the server.
            HeaderFields.endToEnd(response.headers().map()).forEach(exchange.getResponseHeaders()::put);
            exchange.getResponseHeaders().add("Via", HeaderFields.VIA);
            LimitFields.set(exchange, passage.admitted());
            passBack(exchange, response, body);
            deadline.cancel(false);
        } catch (IOException e) {
            counts.admittedBrokeOff(client.tier());
            throw e;
        }
    }

    private static void passBack(HttpExchange exchange, HttpResponse<InputStream> response, InputStream body)
            throws IOException {
        int status = response.statusCode();
        long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        if (exchange.getRequestMethod().equals("HEAD")) {
            if (length >= 0) {
                exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
            }
            exchange.sendResponseHeaders(status, NO_BODY);
        } else if (length == 0 || status == NO_CONTENT || status == NOT_MODIFIED) {
            exchange.sendResponseHeaders(status, NO_BODY);
        } else {
            exchange.sendResponseHeaders(status, length < 0 ? CHUNKED : length);
            body.transferTo(exchange.getResponseBody());
        }
    }

    private void refuse(HttpExchange exchange, Client client, Verdict.Refused refused) throws IOException {
        counts.add(client.tier(), refused.by().outcome());
        Refusal.send(exchange, refused);
    }

    private void fail(HttpExchange exchange, Client client, int status, String reason) throws IOException {
        counts.add(client.tier(), Outcome.ERROR);
        ShortAnswer.send(exchange, status, reason);
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            // It is given up already; whoever reads it learns so from the read.
        }
    }
}
