package dev.ratelimit.examples.minimal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ratelimit.TimeSource;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.spi.QuotaStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Executors;

/** A server with the minimal gateway and the protected endpoint; {@code examples/run --minimal} starts it. */
public final class MinimalServer {

    private static final int PORT = 8080;

    static {
        // Read once, with the server's first class: without it, small answers on kept connections wait for 40 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private MinimalServer() {}

    /**
     * Starts the server on port 8080.
     *
     * @param args none
     */
    public static void main(String[] args) throws IOException {
        System.out.println("http:/" + start(PORT).getAddress() + "/hello, Ctrl-C ends it; try:");
        System.out.println("  curl -i http://127.0.0.1:8080/hello");
        System.out.println("  curl -i -H 'X-Api-Key: key-of-ada' http://127.0.0.1:8080/hello");
        System.out.println("  curl -i -H 'X-Api-Key: key-of-ada' http://127.0.0.1:8080/protected");
        System.out.println(
                "  curl -s -o /dev/null -w '%{http_code}\\n' 'http://127.0.0.1:8080/hello?[1-20]' | uniq -c");
    }

    /** Starts the server on a port of the loopback address; 0 is a free one. */
    static HttpServer start(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newFixedThreadPool(16));
        server.createContext(
                "/hello",
                new MinimalGateway(
                        MinimalServer::hello,
                        Set.of("key-of-ada", "key-of-grace"),
                        QuotaStores.inMemory(),
                        TimeSource.system(),
                        InstantSource.system()));
        QuotaStore store = QuotaStores.inMemory();
        ProtectedEndpoint endpoint = new ProtectedEndpoint(store, TimeSource.system(), InstantSource.system());
        server.createContext("/protected", endpoint::handle);
        server.start();
        return server;
    }

    private static void hello(HttpExchange exchange) throws IOException {
        byte[] body = "hello\n".getBytes(StandardCharsets.US_ASCII);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
