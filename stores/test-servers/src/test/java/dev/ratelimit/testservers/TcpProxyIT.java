package dev.ratelimit.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a proxy does to a real server's connections. */
class TcpProxyIT {

    private static RedisServer server;
    private static TcpProxy proxy;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        proxy = TcpProxy.to(server.port());
    }

    @AfterAll
    static void stop() {
        proxy.close();
        server.close();
    }

    @Test
    void forwards() throws IOException {
        proxy.forward();
        try (Socket client = connect()) {
            assertThat(incremented(client, "forward")).isEqualTo(1);
        }
    }

    @Test
    void delays_each_piece() throws IOException {
        proxy.delay(Duration.ofMillis(50));
        try (Socket client = connect()) {
            long before = System.nanoTime();
            assertThat(incremented(client, "delay")).isEqualTo(1);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        }
    }

    @Test
    void drops_replies_of_what_is_done() throws IOException {
        proxy.forward();
        try (Socket client = connect()) {
            incremented(client, "dropped");
            proxy.dropReplies();
            assertThatThrownBy(() -> incremented(client, "dropped")).isInstanceOf(SocketTimeoutException.class);
            assertThat(server.call("GET", "dropped")).isEqualTo("2");
            proxy.forward();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void a_black_hole_passes_nothing_and_stays_open() throws IOException {
        proxy.forward();
        try (Socket client = connect()) {
            proxy.blackHole();
            assertThatThrownBy(() -> incremented(client, "hole")).isInstanceOf(SocketTimeoutException.class);
            assertThat(server.call("GET", "hole")).isEmpty();
        }
        try (Socket late = connect()) {
            assertThatThrownBy(() -> incremented(late, "hole")).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void cuts_open_and_new_connections_until_told_to_forward() throws IOException {
        proxy.forward();
        try (Socket client = connect()) {
            incremented(client, "cut");
            proxy.cut();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        try (Socket late = connect()) {
            assertThat(late.getInputStream().read()).isEqualTo(-1);
        }
        proxy.forward();
        try (Socket again = connect()) {
            assertThat(incremented(again, "cut")).isEqualTo(2);
        }
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(1_000);
        return socket;
    }

    private static int incremented(Socket client, String key) throws IOException {
        client.getOutputStream().write(("INCR " + key + "\r\n").getBytes(StandardCharsets.UTF_8));
        byte[] reply = new byte[4];
        assertThat(client.getInputStream().readNBytes(reply, 0, 4)).isEqualTo(4);
        return reply[1] - '0';
    }
}
