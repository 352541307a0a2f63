package dev.ratelimit.examples.gateway;

import dev.ratelimit.cache.http.Fields;
import dev.ratelimit.cache.http.HttpReply;
import dev.ratelimit.cache.http.RequestHead;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.OutputStreamRequestContent;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The way to the backend: sends on what a client asked, and streams back what the backend answers.
 *
 * <p>The scheme, host and port are always the backend's own; of the request's target only path and query are used.
 */
final class Forwarder implements AutoCloseable {

    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final int AT_ONCE = 256;

    /** A request whose client sends slowly holds one: as many as the gateway has, and some for the client itself. */
    private static final int THREADS = Gateway.THREADS + 16;

    /** Shorter than servers keep idle connections, so that the client is never the one to find out. */
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final HttpClient client = new HttpClient();
    private final URI backend;
    private final Duration patience;

    /**
     * Creates the way to a backend.
     *
     * @param patience how long the backend may take for the head of an answer; the whole answer may take twice as long
     */
    Forwarder(URI backend, Duration patience) throws IOException {
        this.backend = backend;
        this.patience = patience;
        QueuedThreadPool pool = new QueuedThreadPool(THREADS);
        pool.setName("gateway-client");
        pool.setDaemon(true);
        client.setExecutor(pool);
        client.setFollowRedirects(false);
        client.setUserAgentField(null);
        client.setDefaultRequestContentType(null);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        client.setConnectTimeout(patience.toMillis());
        client.setIdleTimeout(IDLE.toMillis());
        client.setMaxConnectionsPerDestination(AT_ONCE);
        try {
            client.start();
        } catch (Exception e) {
            throw new IOException("no client can be started", e);
        }
        // What the backend says goes to the client as it is: encoded, to be authenticated, or elsewhere.
        client.getProtocolHandlers().clear();
        client.getContentDecoderFactories().clear();
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the client does not stop", e);
        }
    }

    /**
     * Returns the request to the backend, as the client has sent it.
     *
     * @param address the client's address, which replaces what the client says of it
     */
    RequestHead head(Exchange exchange, String address) {
        Fields fields = exchange.fields().replaced(FORWARDED_FOR, address).with("Via", HeaderFields.VIA);
        return new RequestHead(exchange.method(), URI.create(backend + exchange.target()), fields);
    }

    /**
     * Sends a request with the exchange's body, and returns as soon as the head of the answer is there.
     *
     * @throws java.net.SocketTimeoutException if the backend takes too long
     * @throws IOException if it cannot be reached, or does not speak HTTP
     */
    HttpReply send(Exchange exchange, RequestHead head) throws IOException, InterruptedException {
        Request request = client.newRequest(head.target())
                .method(head.method())
                .timeout(2 * patience.toMillis(), TimeUnit.MILLISECONDS)
                .headers(fields -> HeaderFields.endToEnd(head.fields().asMap())
                        .forEach((name, lines) -> lines.forEach(line -> fields.add(name, line))));
        InputStreamResponseListener answer = new InputStreamResponseListener();
        if (hasBody(exchange, request)) {
            sendWithBody(exchange, request, answer);
        } else {
            request.send(answer);
        }
        try {
            Response response = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            InputStream body = new BackendBody(answer.getInputStream());
            return HttpReply.of(response.getStatus(), Exchange.fields(response.getHeaders()), body);
        } catch (InterruptedException e) {
            giveUp(request, e);
            throw e;
        } catch (TimeoutException e) {
            giveUp(request, e);
            throw BackendBody.explained(e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw BackendBody.explained(cause == null ? e : cause);
        }
    }

    private static void giveUp(Request request, Exception cause) {
        // Nobody waits for it: whether it was in time is the same to the caller.
        CompletableFuture<Boolean> unused = request.abort(cause);
    }

    private static boolean hasBody(Exchange exchange, Request request) {
        String length = exchange.field("Content-Length");
        boolean hasLength = length != null && !length.equals("0");
        if (hasLength) {
            request.headers(fields -> fields.put("Content-Length", length));
        }
        return hasLength || exchange.has("Transfer-Encoding");
    }

    /**
     * Sends a request, and its body on another thread. The client would read it on a thread that also sends the requests
     * of others, and a slow sender would hold these up.
     */
    private void sendWithBody(Exchange exchange, Request request, InputStreamResponseListener answer) {
        OutputStreamRequestContent body = new OutputStreamRequestContent(null);
        request.body(body);
        request.send(answer);
        client.getExecutor().execute(() -> {
            try (OutputStream out = body.getOutputStream()) {
                exchange.body().transferTo(out);
            } catch (IOException e) {
                giveUp(request, e);
            }
        });
    }
}
