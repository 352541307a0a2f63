package dev.ratelimit.testservers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.function.Consumer;

/** One connection through a proxy: two threads, one for each direction. */
final class ProxiedConnection {

    private final TcpProxy proxy;
    private final Socket client;
    private final Socket server;
    private final Consumer<ProxiedConnection> whenClosed;
    private volatile boolean gap;

    ProxiedConnection(TcpProxy proxy, Socket client, Socket server, Consumer<ProxiedConnection> whenClosed) {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
        this.whenClosed = whenClosed;
    }

    void start() throws IOException {
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        pump("requests", client, server, true);
        pump("replies", server, client, false);
    }

    /** Whether some of its bytes were dropped. */
    boolean hasGap() {
        return gap;
    }

    void close() {
        closeQuietly(client);
        closeQuietly(server);
        whenClosed.accept(this);
    }

    private void pump(String what, Socket from, Socket to, boolean requests) {
        Thread thread = new Thread(() -> copy(from, to, requests), "proxy " + proxy.port() + " " + what);
        thread.setDaemon(true);
        thread.start();
    }

    private void copy(Socket from, Socket to, boolean requests) {
        byte[] buffer = new byte[8192];
        boolean swallowed = false;
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                TcpProxy.Conduct conduct = proxy.conduct();
                if (!(requests ? conduct.requests() : conduct.replies())) {
                    swallowed = true;
                    gap = true;
                } else if (swallowed) {
                    return;
                } else {
                    if (!conduct.delay().isZero()) {
                        Waiting.pause(conduct.delay().toMillis());
                    }
                    out.write(buffer, 0, n);
                }
            }
        } catch (IOException closed) {
            // Either side has gone, or the proxy was told to close.
        } finally {
            close();
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
