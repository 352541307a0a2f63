package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.HttpExchange;
import dev.ratelimit.cache.CacheState;
import dev.ratelimit.cache.Cached;
import dev.ratelimit.cache.LoadFailedException;
import dev.ratelimit.cache.http.CachedFields;
import dev.ratelimit.cache.http.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the limits have let pass is answered here: from the cache, or by the backend. */
final class Relay implements AutoCloseable {

    private static final String CACHE_STATUS = "Cache-Status";
    private static final String TOO_LONG = "the backend took too long";
    private static final String UNREACHABLE = "the backend cannot be reached";
    private static final String NO_REQUEST = "the request cannot be passed on";
    private static final int NO_BODY = -1;
    private static final int CHUNKED = 0;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final Forwarder forwarder;
    private final @Nullable Responses responses;
    private final Counts counts;

    /** A request that the limits have let pass: from whom it came, and what they said. */
    record Passage(HttpExchange exchange, Client client, InetAddress address, Verdict.Admitted admitted) {}

    Relay(Gateway.Setup setup, Counts counts) {
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
        if (responses == null || !Responses.concerns(passage.exchange())) {
            return false;
        }
        Optional<Cached<BackendAnswer>> fresh =
                responses.fresh(passage.exchange(), passage.address().getHostAddress());
        if (fresh.isEmpty()) {
            return false;
        }
        passBack(passage, fresh.get());
        return true;
    }

    /** Answers a request, by the backend if the cache cannot. */
    void answer(Passage passage) throws IOException, InterruptedException {
        if (responses != null && Responses.concerns(passage.exchange())) {
            answer(passage, responses);
        } else {
            forward(passage);
        }
    }

    private void answer(Passage passage, Responses responses) throws IOException, InterruptedException {
        Cached<BackendAnswer> answer;
        try {
            answer = responses.get(passage.exchange(), passage.address().getHostAddress());
        } catch (LoadFailedException e) {
            explain(passage, e);
            return;
        } catch (IllegalArgumentException e) {
            fail(passage, 400, NO_REQUEST);
            return;
        }
        passBack(passage, answer);
    }

    /** An answer that is an error is the asker's own: who has waited for it is told the status, and no more. */
    private void explain(Passage passage, LoadFailedException failure) throws IOException {
        Throwable cause = failure.getCause();
        boolean own = failure.state() == CacheState.MISS || failure.state() == CacheState.BYPASS;
        if (cause instanceof BackendFailure backend) {
            BackendAnswer answer = backend.answer();
            if (own) {
                Fields fields =
                        answer.fields().with(CACHE_STATUS, CachedFields.status(Responses.NAME, failure.state()));
                passBack(passage, Outcome.ADMITTED, answer, fields);
            } else {
                fail(passage, answer.status(), "the backend could not answer");
            }
        } else if (failure.reason() == LoadFailedException.Reason.DEADLINE || cause instanceof HttpTimeoutException) {
            fail(passage, 504, TOO_LONG);
        } else if (failure.reason() == LoadFailedException.Reason.FAILED) {
            fail(passage, 502, UNREACHABLE);
        } else {
            fail(passage, 503, "too many requests wait for the backend");
        }
    }

    private void forward(Passage passage) throws IOException, InterruptedException {
        HttpExchange exchange = passage.exchange();
        HttpResponse<TimedBody> response;
        try {
            response =
                    forwarder.send(forwarder.request(exchange, passage.address().getHostAddress()));
        } catch (HttpTimeoutException e) {
            fail(passage, 504, TOO_LONG);
            return;
        } catch (IOException e) {
            fail(passage, 502, UNREACHABLE);
            return;
        } catch (IllegalArgumentException e) {
            fail(passage, 400, NO_REQUEST);
            return;
        }
        Fields fields = Fields.of(HeaderFields.endToEnd(response.headers().map()));
        if (responses != null) {
            fields = fields.with(CACHE_STATUS, CachedFields.status(Responses.NAME, CacheState.BYPASS));
        }
        long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        BackendAnswer answer = BackendAnswer.coming(response.statusCode(), fields, length, response.body());
        passBack(passage, Outcome.ADMITTED, answer, fields);
    }

    private void passBack(Passage passage, Cached<BackendAnswer> answer) throws IOException {
        boolean spared = answer.state() != CacheState.MISS && answer.state() != CacheState.BYPASS;
        passBack(
                passage,
                spared ? Outcome.FROM_CACHE : Outcome.ADMITTED,
                answer.value(),
                CachedFields.answered(answer.value().fields(), answer, Responses.NAME));
    }

    private void passBack(Passage passage, Outcome outcome, BackendAnswer answer, Fields fields) throws IOException {
        HttpExchange exchange = passage.exchange();
        Tier tier = passage.client().tier();
        // Counted before the client can know the answer, so that whoever has all answers finds all of them counted.
        counts.add(tier, outcome);
        try (InputStream body = answer.body()) {
            // One by one: all at once they would keep their spelling, and stand beside the same fields of the server.
            fields.asMap().forEach(exchange.getResponseHeaders()::put);
            exchange.getResponseHeaders().add("Via", HeaderFields.VIA);
            LimitFields.set(exchange, passage.admitted());
            send(exchange, answer.status(), answer.length(), body);
        } catch (IOException e) {
            counts.brokeOff(tier, outcome);
            throw e;
        }
    }

    private static void send(HttpExchange exchange, int status, long length, InputStream body) throws IOException {
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

    private void fail(Passage passage, int status, String reason) throws IOException {
        counts.add(passage.client().tier(), Outcome.ERROR);
        ShortAnswer.send(passage.exchange(), status, reason);
    }
}
