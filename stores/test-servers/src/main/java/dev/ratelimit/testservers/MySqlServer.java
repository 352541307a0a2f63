package dev.ratelimit.testservers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real MySQL server on this machine, with a user {@code root} without a password, and a database {@code test}.
 *
 * <p>It keeps its port and its data over {@link #restart()}, also when it is killed. There are programs for Linux on
 * x86-64 only, and they need the system's libraries libaio and libnuma. Thread-safe.
 */
public final class MySqlServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ARCHIVE = "/mysql-Linux-amd64.tar.gz";

    private static final String USER_AND_DATABASE = """
        CREATE USER 'root'@'127.0.0.1' IDENTIFIED WITH mysql_native_password BY '';
        GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
        CREATE DATABASE test CHARACTER SET latin1;
        """;

    private static final class Programs {
        static final Path FOLDER = unpack();
        static final boolean RUN = run(List.of(FOLDER.resolve("bin/mysqld").toString(), "--no-defaults", "--version"));
    }

    private final TemporaryFolder folder;
    private final GuardedProcess process;
    private final int port;

    private MySqlServer(String... options) {
        folder = TemporaryFolder.create("mysql");
        port = FreePorts.next();
        initialize();
        List<String> command = command();
        command.addAll(List.of(
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--socket=" + folder.path().resolve("socket"),
                "--pid-file=" + folder.path().resolve("pid"),
                "--tmpdir=" + folder.path(),
                "--max-connections=200",
                "--performance-schema=OFF",
                "--innodb-buffer-pool-size=32M",
                "--skip-mysqlx",
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
    public static MySqlServer start(String... options) {
        return new MySqlServer(options);
    }

    /**
     * Returns whether there is a server for this operating system and processor, and the system has the libraries that
     * it needs.
     *
     * @return whether {@link #start} can work
     */
    public static boolean isAvailable() {
        return System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64")
                && MySqlServer.class.getResource(ARCHIVE) != null
                && Programs.RUN;
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
     * Returns the address for JDBC, of MySQL's own driver.
     *
     * @param port the port, the server's or a proxy's
     * @return the address, with the user
     */
    public static String jdbcUrl(int port) {
        return "jdbc:mysql://127.0.0.1:" + port + "/test?user=root";
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
        process.awaitReady("the MySQL server", PATIENCE, () -> process.output().contains("ready for connections"));
    }

    private List<String> command() {
        Path programs = Programs.FOLDER;
        return new ArrayList<>(List.of(
                programs.resolve("bin/mysqld").toString(),
                "--no-defaults",
                "--basedir=" + programs,
                "--datadir=" + folder.path().resolve("data"),
                "--lc-messages-dir=" + programs.resolve("share"),
                "--user=" + System.getProperty("user.name")));
    }

    /** Makes the system tables, and a user for connections by TCP. */
    private void initialize() {
        Path script = folder.path().resolve("init.sql");
        List<String> command = command();
        command.addAll(List.of("--initialize-insecure", "--init-file=" + script));
        try {
            Files.writeString(script, USER_AND_DATABASE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot set up a MySQL server", e);
        }
        if (!run(command)) {
            throw new IllegalStateException("a MySQL server could not be set up");
        }
    }

    /** Runs a program to its end; whether it ended well. */
    private static boolean run(List<String> command) {
        try {
            Process started =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return started.waitFor() == 0 && !said.contains("[ERROR]");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.get(0), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Path unpack() {
        Path folder = TemporaryFolder.create("mysql-programs").path();
        try (InputStream archive = MySqlServer.class.getResourceAsStream(ARCHIVE)) {
            if (archive == null) {
                throw new IllegalStateException("there is no MySQL server for tests for this machine");
            }
            Unpacked.tarGz(archive, folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack the MySQL server", e);
        }
    }
}
