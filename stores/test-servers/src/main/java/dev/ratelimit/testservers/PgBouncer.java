package dev.ratelimit.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The pooler pgbouncer in front of a {@link PostgresServer}, which lends its connections for one transaction each. It
 * is the one that is installed on this machine; there is none in the class path. Thread-safe.
 */
public final class PgBouncer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<Path> PLACES =
            List.of(Path.of("/usr/sbin/pgbouncer"), Path.of("/usr/bin/pgbouncer"), Path.of("/usr/local/bin/pgbouncer"));

    private final TemporaryFolder folder;
    private final GuardedProcess process;
    private final int port;

    private PgBouncer(int server) {
        folder = TemporaryFolder.create("pgbouncer");
        port = FreePorts.next();
        Path settings = folder.path().resolve("pgbouncer.ini");
        try {
            // The pooler refuses to be root, and reads its settings as another user.
            Files.setPosixFilePermissions(folder.path(), PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.writeString(settings, """
                [databases]
                postgres = host=127.0.0.1 port=%d dbname=postgres user=postgres
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                ignore_startup_parameters = extra_float_digits
                """.formatted(server, port));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot set up a pooler", e);
        }
        List<String> command = new ArrayList<>(PostgresServer.asNobody());
        command.addAll(List.of(installed().findFirst().orElseThrow().toString(), settings.toString()));
        process = GuardedProcess.start(folder.path(), command);
        process.awaitReady("pgbouncer", PATIENCE, this::listens);
    }

    /**
     * Starts a pooler.
     *
     * @param server the server's port
     * @return the pooler, which listens
     */
    public static PgBouncer to(int server) {
        return new PgBouncer(server);
    }

    /**
     * Returns whether it is installed on this machine.
     *
     * @return whether {@link #to} can work
     */
    public static boolean isAvailable() {
        return installed().findAny().isPresent();
    }

    private static Stream<Path> installed() {
        return PLACES.stream().filter(Files::isExecutable);
    }

    /**
     * Returns the port at 127.0.0.1.
     *
     * @return the port, for {@link PostgresServer#jdbcUrl}
     */
    public int port() {
        return port;
    }

    /** Stops it. */
    @Override
    public void close() {
        process.kill();
        folder.close();
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
