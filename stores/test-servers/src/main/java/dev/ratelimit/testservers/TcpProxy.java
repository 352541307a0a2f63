package dev.ratelimit.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP proxy is a port of the loopback address that forwards to the port of a server, and can delay, drop and cut.
 *
 * <p>A change applies at once, to open and to new connections. A connection that has lost bytes is closed as soon as it
 * would forward again, because the other side could not understand the rest.
 *
 * <p>Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

    private volatile int target;
    private final ServerSocket server;
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile Conduct conduct = Conduct.FORWARD;

    private TcpProxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread acceptor = new Thread(this::accept, "proxy " + server.getLocalPort());
        acceptor.setDaemon(true);
        acceptor.start();
    }

    /**
     * Opens a proxy that forwards everything.
     *
     * @param target the server's port
     * @return the proxy
     */
    public static TcpProxy to(int target) {
        try {
            return new TcpProxy(target);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open a proxy", e);
        }
    }

    /**
     * Returns the port that clients connect to.
     *
     * @return the port
     */
    public int port() {
        return server.getLocalPort();
    }

    /**
     * Connects new clients to another server from now on; connections that are open stay where they are, as when an
     * address moves.
     *
     * @param port the other server's port
     */
    public void redirect(int port) {
        target = port;
    }

    /** Forwards everything from now on. */
    public void forward() {
        conduct = Conduct.FORWARD;
        connections.stream().filter(ProxiedConnection::hasGap).forEach(ProxiedConnection::close);
    }

    /**
     * Forwards everything with a delay.
     *
     * @param delay the delay of each piece
     */
    public void delay(Duration delay) {
        conduct = new Conduct(true, true, delay);
    }

    /** Drops everything, in both directions; connections stay open. */
    public void blackHole() {
        conduct = new Conduct(false, false, Duration.ZERO);
    }

    /** Forwards requests, and drops the server's answers; connections stay open. */
    public void dropReplies() {
        conduct = new Conduct(true, false, Duration.ZERO);
    }

    /** Closes all connections; new ones are served as before. */
    public void disconnect() {
        connections.forEach(ProxiedConnection::close);
    }

    /** Closes all connections, and new ones at once, until told otherwise. */
    public void cut() {
        conduct = Conduct.CUT;
        disconnect();
    }

    /** Closes the port and all connections. */
    @Override
    public void close() {
        conduct = Conduct.CUT;
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the proxy", e);
        } finally {
            disconnect();
        }
    }

    Conduct conduct() {
        return conduct;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                serve(client);
            } catch (IOException e) {
                // Closed, or a server that is not there: the client sees that its connection ends.
            }
        }
    }

    private void serve(Socket client) throws IOException {
        Socket upstream = new Socket();
        ProxiedConnection connection = new ProxiedConnection(this, client, upstream, connections::remove);
        if (conduct.equals(Conduct.CUT)) {
            connection.close();
            return;
        }
        connections.add(connection);
        try {
            upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 1_000);
            connection.start();
        } catch (IOException e) {
            connection.close();
        }
        if (conduct.equals(Conduct.CUT)) {
            connection.close();
        }
    }

    /** The conduct of the proxy: whether it forwards requests and replies, and with which delay. */
    record Conduct(boolean requests, boolean replies, Duration delay) {

        static final Conduct FORWARD = new Conduct(true, true, Duration.ZERO);

        /** Nothing passes, and nothing stays open. */
        static final Conduct CUT = new Conduct(false, false, Duration.ofNanos(1));
    }
}
