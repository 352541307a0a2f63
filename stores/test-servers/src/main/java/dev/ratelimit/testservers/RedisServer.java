package dev.ratelimit.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Redis server on this machine: by itself, as a replica, or as a sentinel.
 *
 * <p>It keeps its port over {@link #restart()}, and its data only if it is durable. Thread-safe.
 */
public final class RedisServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final TemporaryFolder folder;
    private final GuardedProcess process;
    private final int port;

    private RedisServer(TemporaryFolder folder, int port, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(RedisBinary.path()));
        command.addAll(arguments);
        this.folder = folder;
        this.port = port;
        this.process = GuardedProcess.start(folder.path(), command);
        awaitReady();
    }

    /**
     * Starts a server that keeps nothing.
     *
     * @param options options beside those for that, each as {@code --name} and its values
     * @return the server, which answers
     */
    public static RedisServer start(String... options) {
        int port = FreePorts.next();
        List<String> arguments = new ArrayList<>(List.of(
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--maxmemory-policy",
                "noeviction",
                "--repl-diskless-sync-delay",
                "0"));
        arguments.addAll(List.of(options));
        return new RedisServer(TemporaryFolder.create("redis"), port, arguments);
    }

    /**
     * Starts a server that has written each change to the disk before it answers.
     *
     * @return the server, which answers
     */
    public static RedisServer startDurable() {
        return start("--appendonly", "yes", "--appendfsync", "always");
    }

    /**
     * Starts a replica.
     *
     * @param master of which server
     * @param options options beside those for that, each as {@code --name} and its values
     * @return the replica, which has caught up
     */
    public static RedisServer startReplica(RedisServer master, String... options) {
        List<String> all = new ArrayList<>(List.of("--replicaof", "127.0.0.1", String.valueOf(master.port())));
        all.addAll(List.of(options));
        RedisServer replica = start(all.toArray(String[]::new));
        replica.awaitCaughtUp();
        return replica;
    }

    /** Waits until a replica has caught up with its master; otherwise ends the replica. */
    void awaitCaughtUp() {
        if (!Waiting.until(PATIENCE, () -> call("INFO", "replication").contains("master_link_status:up"))) {
            close();
            throw new IllegalStateException("the replica did not catch up; it wrote: " + process.output());
        }
    }

    /**
     * Starts a sentinel that decides alone, and takes a master for dead after half a second.
     *
     * @param name what the master is called
     * @param master the master
     * @return the sentinel, which answers
     */
    public static RedisServer startSentinel(String name, RedisServer master) {
        int port = FreePorts.next();
        TemporaryFolder folder = TemporaryFolder.create("sentinel");
        Path configuration = folder.path().resolve("sentinel.conf");
        List<String> lines = List.of(
                "port " + port,
                "bind 127.0.0.1",
                "sentinel monitor " + name + " 127.0.0.1 " + master.port() + " 1",
                "sentinel down-after-milliseconds " + name + " 500",
                "sentinel failover-timeout " + name + " 3000");
        try {
            Files.write(configuration, lines);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + configuration, e);
        }
        return new RedisServer(folder, port, List.of(configuration.toString(), "--sentinel"));
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
     * Sends a command.
     *
     * @param words the command and its arguments
     * @return the reply, parts of it in lines
     * @throws IllegalStateException if the reply is an error
     */
    public String call(String... words) {
        return RedisCommands.call(port, words);
    }

    /** Kills the server as in a power failure. */
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
        process.awaitReady("the Redis server", PATIENCE, () -> RedisCommands.answers(port));
    }
}
