package dev.ratelimit.examples.gateway;

import dev.ratelimit.cache.http.HttpReply;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the limits have let pass is answered here: from the cache, or by the backend. */
final class Relay implements AutoCloseable {

    private static final String CONTENT_LENGTH = "Content-Length";
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final Forwarder forwarder;
    private final @Nullable Responses responses;
    private final Counts counts;

    /** A request that the limits have let pass: from whom it came, and what they said. */
    record Passage(Exchange exchange, Client client, InetAddress address, Verdict.Allowed allowed) {}

    Relay(Gateway.Setup setup, Counts counts) throws IOException {
        this.counts = counts;
        forwarder = new Forwarder(setup.backend(), setup.patience());
        responses = setup.caching() == Caching.OFF ? null : new Responses(forwarder, setup.patience());
    }

    @Override
    public void close() {
        if (responses != null) {
            responses.close();
        }
        forwarder.close();
    }

    /** Answers a request if that needs nobody but the cache; returns whether it did. */
    boolean answerFromCache(Passage passage) throws IOException {
        if (responses == null) {
            return false;
        }
        Optional<HttpReply> fresh =
                responses.fresh(passage.exchange(), passage.address().getHostAddress());
        if (fresh.isEmpty()) {
            return false;
        }
        passBack(passage, fresh.get());
        return true;
    }

    /** Answers a request, by the backend if the cache cannot. */
    void answer(Passage passage) throws IOException, InterruptedException {
        Exchange exchange = passage.exchange();
        String address = passage.address().getHostAddress();
        if (responses != null) {
            HttpReply reply = responses.answer(exchange, address);
            if (reply.failure().isPresent()) {
                explain(passage, reply.status(), reply.failure().get());
            } else {
                passBack(passage, reply);
            }
            return;
        }
        HttpReply reply;
        try {
            reply = forwarder.send(exchange, forwarder.head(exchange, address));
        } catch (SocketTimeoutException e) {
            explain(passage, 504, e);
            return;
        } catch (IOException | IllegalArgumentException e) {
            explain(passage, 502, e);
            return;
        }
        passBack(passage, reply);
    }

    private void explain(Passage passage, int status, Throwable failure) throws IOException {
        if (failure instanceof IllegalArgumentException) {
            fail(passage, 400, "the request cannot be passed on");
        } else if (status == 504) {
            fail(passage, status, "the backend took too long");
        } else if (status == 503) {
            fail(passage, status, "too many requests wait for the backend");
        } else {
            fail(passage, 502, "the backend cannot be reached");
        }
    }

    private void passBack(Passage passage, HttpReply answer) throws IOException {
        Exchange exchange = passage.exchange();
        Tier tier = passage.client().tier();
        Outcome outcome = answer.isFromCache() ? Outcome.FROM_CACHE : Outcome.ALLOWED;
        // Counted before the client can know the answer, so that a client that has all answers finds all of them
        // counted.
        counts.add(tier, outcome);
        // The server writes its own date.
        try (HttpReply reply = answer.undated(Instant.now())) {
            HeaderFields.endToEnd(reply.fields().asMap()).forEach(exchange::set);
            exchange.add("Via", HeaderFields.VIA);
            LimitFields.set(exchange, passage.allowed());
            send(exchange, reply);
        } catch (IOException e) {
            counts.brokeOff(tier, outcome);
            throw e;
        }
    }

    private static void send(Exchange exchange, HttpReply reply) throws IOException {
        int status = reply.status();
        long length = reply.length();
        if (exchange.method().equals("HEAD")) {
            reply.fields().lines(CONTENT_LENGTH).forEach(value -> exchange.set(CONTENT_LENGTH, value));
            exchange.send(status);
        } else if (length == 0 || status == NO_CONTENT || status == NOT_MODIFIED) {
            exchange.send(status);
        } else {
            OutputStream out = exchange.send(status, length);
            reply.writeTo(out);
            exchange.end();
        }
    }

    private void fail(Passage passage, int status, String reason) throws IOException {
        counts.add(passage.client().tier(), Outcome.ERROR);
        ShortAnswer.send(passage.exchange(), status, reason);
    }
}
