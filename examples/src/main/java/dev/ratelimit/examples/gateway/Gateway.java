package dev.ratelimit.examples.gateway;

import dev.ratelimit.Lease;
import dev.ratelimit.address.ClientAddress;
import dev.ratelimit.address.TrustedProxies;
import dev.ratelimit.http.ServiceLimit;
import dev.ratelimit.quota.QuotaUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An HTTP gateway: it identifies the client, asks the limits, and has what they allow answered ({@link Relay}).
 *
 * <p>A refused request is answered at once, and the backend never hears of it. A backend that cannot be reached is a
 * 502, one that takes too long a 504, a quota that cannot be counted a 503; no request can stop the gateway.
 */
public final class Gateway implements AutoCloseable {

    /** The field that says who the client is. */
    static final String API_KEY = "X-Api-Key";

    /** How many requests are answered at once. */
    static final int THREADS = 64 + TieredAdmission.MAX_WAITERS;

    /** Only a process on this machine may be a proxy. */
    private static final ClientAddress LOCAL_PROXY =
            ClientAddress.fromXForwardedFor(TrustedProxies.prefixes("127.0.0.0/8", "::1"));

    /** In seconds: a store that is away is probed at least as often. */
    private static final String STORE_RETRY_AFTER = "2";

    private static final System.Logger LOG = System.getLogger("gateway");

    private final Setup setup;
    private final Orders orders = new Orders();
    private final Counts counts = new Counts();
    private final Relay relay;
    private final HttpServer server;

    /**
     * How a gateway is set up.
     *
     * @param port the port, or 0 for a free one
     * @param backend scheme, host and port of the backend
     * @param admission the limits
     * @param trustForwarded whether {@code X-Forwarded-For} is believed, from peers on this machine
     * @param patience how long the backend may take for the head of an answer, and again for its body
     * @param caching whether the backend's answers are kept, and what those cost
     */
    public record Setup(
            int port, URI backend, Admission admission, boolean trustForwarded, Duration patience, Caching caching) {

        /** Creates the setup of a gateway that keeps no answer. */
        public Setup(int port, URI backend, Admission admission, boolean trustForwarded, Duration patience) {
            this(port, backend, admission, trustForwarded, patience, Caching.OFF);
        }
    }

    private Gateway(Setup setup) throws IOException {
        this.setup = setup;
        relay = new Relay(setup, counts);
        server = HttpServer.start("gateway", setup.port(), THREADS, this::handle);
    }

    public static Gateway start(Setup setup) throws IOException {
        return new Gateway(setup);
    }

    public InetSocketAddress address() {
        return server.address();
    }

    public String url() {
        return server.url();
    }

    public Counts counts() {
        return counts;
    }

    @Override
    public void close() {
        server.close();
        relay.close();
    }

    private void handle(Exchange exchange) throws IOException {
        InetAddress address = address(exchange);
        Client client = setup.admission().identify(exchange.field(API_KEY), address);
        try {
            Verdict verdict = setup.admission().allow(client);
            if (verdict instanceof Verdict.Refused refused) {
                refuse(exchange, client, refused);
            } else {
                LimitFields.set(exchange, verdict.limits());
                Relay.Passage passage = new Relay.Passage(exchange, client, address, (Verdict.Allowed) verdict);
                if (Orders.isOrder(exchange)) {
                    order(passage);
                } else if (setup.caching() != Caching.HITS_ARE_FREE || !relay.answerFromCache(passage)) {
                    charge(passage);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(exchange, client, 503, "the gateway is stopping");
        }
    }

    private InetAddress address(Exchange exchange) {
        InetAddress peer = exchange.peer();
        return setup.trustForwarded() ? LOCAL_PROXY.of(peer, exchange.lines(LOCAL_PROXY.fieldName())) : peer;
    }

    /**
     * Passes an order on if no other one of its account is in progress. What it has cost its tier stays paid: it was
     * read.
     */
    private void order(Relay.Passage passage) throws IOException, InterruptedException {
        Exchange exchange = passage.exchange();
        Optional<byte[]> body = Orders.body(exchange);
        if (body.isEmpty()) {
            fail(exchange, passage.client(), 413, "an order has at most " + Orders.MAX_BODY + " bytes");
            return;
        }
        Optional<String> account = OrderDocument.account(body.get());
        if (account.isEmpty()) {
            fail(exchange, passage.client(), 400, "this is not the order of one account");
            return;
        }
        try (Lease lease = orders.enter(account.get())) {
            if (lease.allowed()) {
                charge(passage);
                exchange.end();
            } else {
                List<ServiceLimit> limits = new ArrayList<>(passage.allowed().limits());
                limits.add(ServiceLimit.of(lease.decision().policy(), lease.decision()));
                refuse(exchange, passage.client(), new Verdict.Refused(Verdict.Limit.ACCOUNT, limits));
            }
        }
    }

    /** Passes a request on if its client's quotas have it. They are asked last: what goes no further is not counted. */
    private void charge(Relay.Passage passage) throws IOException, InterruptedException {
        Exchange exchange = passage.exchange();
        Client client = passage.client();
        Verdict verdict;
        try {
            verdict = setup.admission().charge(client, passage.allowed());
        } catch (QuotaUnavailableException e) {
            LOG.log(System.Logger.Level.WARNING, "a quota could not be counted: {0}", e.getMessage());
            exchange.set("Retry-After", STORE_RETRY_AFTER);
            fail(exchange, client, 503, "your quota cannot be counted now, so the request was not passed on");
            return;
        }
        if (verdict instanceof Verdict.Refused refused) {
            refuse(exchange, client, refused);
        } else {
            relay.answer(new Relay.Passage(exchange, client, passage.address(), (Verdict.Allowed) verdict));
        }
    }

    private void refuse(Exchange exchange, Client client, Verdict.Refused refused) throws IOException {
        counts.add(client.tier(), refused.by().outcome());
        Refusal.send(exchange, refused);
    }

    private void fail(Exchange exchange, Client client, int status, String reason) throws IOException {
        counts.add(client.tier(), Outcome.ERROR);
        ShortAnswer.send(exchange, status, reason);
    }
}
