package dev.ratelimit.testservers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A real PostgreSQL server on this machine, with one user without a password, {@code postgres}.
 *
 * <p>It keeps its port and its data over {@link #restart()}. The server refuses to be root, so root starts it as
 * another user. Thread-safe.
 */
public final class PostgresServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final class Programs {
        static final Path FOLDER = unpack();
    }

    private final TemporaryFolder folder;
    private final GuardedProcess process;
    private final int port;

    private PostgresServer(String... settings) {
        folder = TemporaryFolder.create("postgres");
        open(folder.path());
        Path data = folder.path().resolve("data");
        run("initdb", "-D", data.toString(), "-A", "trust", "-U", "postgres", "-E", "UTF-8", "--locale=C", "--no-sync");
        port = FreePorts.next();
        List<String> command = asNobody();
        command.addAll(List.of(
                Programs.FOLDER.resolve("bin/postgres").toString(),
                "-D",
                data.toString(),
                "-p",
                String.valueOf(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=200"));
        for (String setting : settings) {
            command.addAll(List.of("-c", setting));
        }
        process = GuardedProcess.start(folder.path(), command);
        awaitReady();
    }

    /**
     * Starts a server that has written each commit to the disk before it answers.
     *
     * @param settings more settings, each as {@code name=value}
     * @return the server, which answers
     */
    public static PostgresServer start(String... settings) {
        return new PostgresServer(settings);
    }

    /**
     * Returns whether there is a server for this operating system and processor.
     *
     * @return whether {@link #start} can work
     */
    public static boolean isAvailable() {
        return PostgresServer.class.getResource(archive()) != null;
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
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    }

    /**
     * Kills the server with all its processes as in a power failure, except that the system still writes its buffers.
     */
    public void kill() {
        process.kill();
    }

    /** Starts the server again at the same port, and waits until it answers. Kills it before if it runs. */
    public void restart() {
        boolean started = Waiting.until(PATIENCE, () -> {
            process.restart();
            Waiting.until(PATIENCE, () -> !process.isAlive() || isReady());
            // Processes of the one that was killed end by themselves, and hold its memory until then.
            return process.isAlive() || !process.output().contains("pre-existing shared memory");
        });
        if (!started || !process.isAlive()) {
            throw new IllegalStateException("the PostgreSQL server did not start again: " + process.output());
        }
    }

    /** Stops the server, and deletes what it kept. */
    @Override
    public void close() {
        process.kill();
        folder.close();
    }

    private void awaitReady() {
        process.awaitReady("the PostgreSQL server", PATIENCE, this::isReady);
    }

    private boolean isReady() {
        return process.output().contains("ready to accept connections");
    }

    private void run(String program, String... arguments) {
        List<String> command = asNobody();
        command.add(Programs.FOLDER.resolve("bin/" + program).toString());
        command.addAll(List.of(arguments));
        try {
            Process started = new ProcessBuilder(command)
                    .directory(folder.path().toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (started.waitFor() != 0) {
                throw new IllegalStateException(program + " failed: " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + program, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Returns the prefix of a command that makes it run as another user if this user is root. */
    static List<String> asNobody() {
        if (!System.getProperty("user.name").equals("root")) {
            return new ArrayList<>();
        }
        return Files.isExecutable(Path.of("/usr/bin/setpriv"))
                ? new ArrayList<>(List.of("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"))
                : new ArrayList<>(List.of("unshare", "-U"));
    }

    private static Path unpack() {
        Path folder = TemporaryFolder.create("postgres-programs").path();
        try (InputStream archive = PostgresServer.class.getResourceAsStream(archive())) {
            if (archive == null) {
                throw new IllegalStateException(
                        "there is no PostgreSQL server for tests for this machine: " + archive());
            }
            Unpacked.tarXz(archive, folder);
            open(folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack " + archive(), e);
        }
    }

    /** Gives other users access, because the server may run as one of them. */
    private static void open(Path folder) {
        try {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open " + folder, e);
        }
    }

    private static String archive() {
        boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        return "/postgres-" + (mac ? "darwin" : "linux") + "-" + (arm ? "arm_64" : "x86_64") + ".txz";
    }
}
