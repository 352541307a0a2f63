package dev.ratelimit.testservers;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A guarded process is a process that dies with this JVM, however the JVM ends.
 *
 * <p>A guard waits on a pipe from this JVM. When the pipe closes, because the JVM has ended or was killed, the guard
 * kills the process by its id. An orderly end dismisses the guard first, so that it never kills another process that
 * has got the same id.
 *
 * <p>Needs {@code /bin/sh}. Thread-safe.
 */
public final class GuardedProcess implements AutoCloseable {

    /**
     * The shell starts the guard as a detached process, and then becomes the process itself. So the two begin together,
     * and the guard knows the id for which this JVM waits.
     */
    private static final String GUARD = "exec 3<&0; "
            + "( ( trap '' INT HUP TERM; read line <&3 || kill -9 $$ ) </dev/null >/dev/null 2>&1 & ); "
            + "exec \"$@\" </dev/null 3<&-";

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<String> command;
    private final Path folder;
    private Process process;
    private OutputTail output;

    private GuardedProcess(List<String> command, Path folder) {
        this.command = List.copyOf(command);
        this.folder = folder;
        this.process = launch();
        this.output = OutputTail.of(process);
    }

    /**
     * Starts a process.
     *
     * @param folder its working folder
     * @param command the program and its arguments
     * @return the process
     */
    public static GuardedProcess start(Path folder, List<String> command) {
        return new GuardedProcess(command, folder);
    }

    private Process launch() {
        List<String> guarded = new ArrayList<>(List.of("/bin/sh", "-c", GUARD, "guard"));
        guarded.addAll(command);
        try {
            return new ProcessBuilder(guarded)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
    }

    /**
     * Waits until the process is ready.
     *
     * @param what what is waited for, for the message
     * @param patience how long to wait
     * @param ready asked again and again
     * @throws IllegalStateException if it ends or does not become ready; the message has what it wrote
     */
    public void awaitReady(String what, Duration patience, BooleanSupplier ready) {
        boolean done = Waiting.until(patience, () -> !isAlive() || ready.getAsBoolean());
        if (!done || !isAlive()) {
            kill();
            throw new IllegalStateException(what + " did not become ready; it wrote: " + output());
        }
    }

    /**
     * Asks the process to end, and kills it if it has not within five seconds.
     */
    public synchronized void stop() {
        dismissGuard();
        process.destroy();
        if (!ended(PATIENCE)) {
            process.destroyForcibly();
            ended(PATIENCE);
        }
    }

    /** Kills the process, which cannot do anything about it. Does nothing if it has ended. */
    public synchronized void kill() {
        dismissGuard();
        process.destroyForcibly();
        ended(PATIENCE);
    }

    /** Starts the same command again, in the same folder. Kills the process before if it has not ended. */
    public synchronized void restart() {
        kill();
        process = launch();
        output = OutputTail.of(process);
    }

    /**
     * Returns whether the process has not ended.
     *
     * @return whether it runs
     */
    public synchronized boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Returns the id of the process.
     *
     * @return its id
     */
    public synchronized long id() {
        return process.pid();
    }

    /**
     * Returns what the process wrote last, for messages.
     *
     * @return at most 16,384 characters
     */
    public synchronized String output() {
        return output.text();
    }

    /** Stops the process. */
    @Override
    public void close() {
        stop();
    }

    /** Dismisses the guard by one line. A guard that has ended already does not read it. */
    private void dismissGuard() {
        try (OutputStream pipe = process.getOutputStream()) {
            pipe.write('\n');
        } catch (IOException alreadyGone) {
            // The process has ended, and was told before.
        }
    }

    private boolean ended(Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return false;
        }
    }
}
