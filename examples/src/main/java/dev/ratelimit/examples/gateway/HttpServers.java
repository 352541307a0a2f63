package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Starts HTTP servers of the JDK on the loopback address, with the settings that a gateway needs. */
final class HttpServers {

    private static final int BACKLOG = 1024;

    static {
        // The server reads these once, when its first class is loaded.
        // Without it, Nagle's algorithm and delayed acknowledgements add 40 ms to answers on kept connections.
        setUnlessGiven("sun.net.httpserver.nodelay", "true");
        setUnlessGiven("sun.net.httpserver.maxIdleConnections", "1000");
        // A client that sends or reads a byte at a time must not hold a thread for ever.
        setUnlessGiven("sun.net.httpserver.maxReqTime", "20");
        setUnlessGiven("sun.net.httpserver.maxRspTime", "60");
        // Shorter than the server keeps idle connections, so that the client is never the one to find out.
        setUnlessGiven("jdk.httpclient.keepalive.timeout", "10");
    }

    private HttpServers() {}

    /** A server that runs, and the threads that serve it. */
    record Running(HttpServer server, ExecutorService threads) implements AutoCloseable {

        InetSocketAddress address() {
            return server.getAddress();
        }

        String url() {
            return "http://127.0.0.1:" + address().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    /**
     * Starts a server on 127.0.0.1.
     *
     * @param port the port, or 0 for a free one
     * @throws IOException if the port is taken
     */
    static Running start(String name, int port, int threads, HttpHandler handler) throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        HttpServer server = HttpServer.create(new InetSocketAddress(loopback, port), BACKLOG);
        AtomicInteger number = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(pool);
        server.createContext("/", handler);
        server.start();
        return new Running(server, pool);
    }

    private static void setUnlessGiven(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
