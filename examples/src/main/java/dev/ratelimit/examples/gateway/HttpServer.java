package dev.ratelimit.examples.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http.UriCompliance.Violation;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An HTTP/1.1 server on 127.0.0.1 that runs, on Jetty: each request has a thread, which may wait.
 *
 * <p>Jetty refuses what a backend might read in another way, such as two lengths, or a length beside chunks (RFC 9112,
 * section 6.3).
 */
public final class HttpServer implements AutoCloseable {

    /** Kept, so that its level is kept: Jetty tells of each start and stop. */
    private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

    static {
        JETTY.setLevel(Level.WARNING);
    }

    private static final int BACKLOG = 1024;
    private static final int JETTYS_OWN_THREADS = 8;
    private static final Duration IDLE = Duration.ofSeconds(20);

    /** Paths are handed on as they are, and nobody here decides by what is in them. */
    private static final UriCompliance AS_WRITTEN = UriCompliance.UNSAFE.without(
            "as written", Violation.USER_INFO, Violation.FRAGMENT, Violation.BAD_PERCENT_ENCODING);

    private final Server server;
    private final ServerConnector connector;

    /** What answers requests. */
    @FunctionalInterface
    public interface Answers {

        /**
         * Answers a request; the answer ends when this returns.
         *
         * @throws IOException if there can be no whole answer: the server then cuts the connection
         */
        void answer(Exchange exchange) throws IOException;
    }

    private HttpServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Starts a server.
     *
     * @param name the name of its threads
     * @param port the port, or 0 for a free one
     * @param threads how many requests are answered at once
     * @throws BindException if the port is taken
     */
    public static HttpServer start(String name, int port, int threads, Answers answers) throws IOException {
        QueuedThreadPool pool = new QueuedThreadPool(threads + JETTYS_OWN_THREADS);
        pool.setName(name);
        pool.setDaemon(true);
        Server server = new Server(pool);
        server.setStopTimeout(0);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration()));
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(IDLE.toMillis());
        server.addConnector(connector);
        server.setErrorHandler(HttpServer::refuse);
        server.setHandler(new Adapter(answers));
        try {
            server.start();
        } catch (Exception e) {
            stop(server);
            throw e.getCause() instanceof BindException taken ? taken : new IOException("no server can be started", e);
        }
        return new HttpServer(server, connector);
    }

    /** What the server says by itself to what is no proper request. */
    private static boolean refuse(Request request, Response response, Callback callback) {
        response.getHeaders().put("Content-Type", "text/plain; charset=utf-8");
        Content.Sink.write(response, true, "this request cannot be answered\n", callback);
        return true;
    }

    private static HttpConfiguration configuration() {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setUriCompliance(AS_WRITTEN);
        return configuration;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort());
    }

    public String url() {
        return "http://127.0.0.1:" + connector.getLocalPort();
    }

    @Override
    public void close() {
        stop(server);
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the server does not stop", e);
        }
    }

    /** What Jetty calls. */
    private static final class Adapter extends Handler.Abstract {

        private static final int BAD_REQUEST = 400;

        private final Answers answers;

        Adapter(Answers answers) {
            this.answers = answers;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            Exchange exchange;
            try {
                exchange = new Exchange(request, response);
            } catch (IllegalArgumentException e) {
                Response.writeError(request, response, callback, BAD_REQUEST);
                return true;
            }
            try {
                answers.answer(exchange);
                exchange.end();
                callback.succeeded();
            } catch (IOException | UncheckedIOException e) {
                cut(request, callback, e);
            } catch (RuntimeException e) {
                System.getLogger("gateway").log(System.Logger.Level.ERROR, "a request could not be answered", e);
                cut(request, callback, e);
            }
            return true;
        }

        /** So that the client can tell that an answer is not whole. */
        private static void cut(Request request, Callback callback, Exception failure) {
            request.getConnectionMetaData().getConnection().getEndPoint().close();
            // A quiet one: an operator can do nothing about clients and backends that go away.
            callback.failed(new EofException(failure));
        }
    }
}
