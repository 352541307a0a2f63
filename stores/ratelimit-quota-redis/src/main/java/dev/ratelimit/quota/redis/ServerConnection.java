package dev.ratelimit.quota.redis;

import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.resource.ClientResources;
import io.netty.util.Timeout;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection to one server, which is replaced when it is lost, when it stays silent, or when what it leads to may
 * be the wrong server.
 *
 * <p>The client connects, each time by the address that it was made with; so a new connection follows what the address
 * leads to by then. Nothing else of the client's behaviour counts here, and its options may be any: a connection that
 * is lost is closed at once, with all that the client keeps for it, and {@link ScriptCommand} sends nothing a second
 * time. While there is no connection, calls are refused at once.
 *
 * <p>A thread exists only while a connection is being made. Thread-safe.
 */
final class ServerConnection implements OpenConnection.Owner {

    /** How long nothing may come after something was asked. */
    static final Duration MAX_SILENCE = Duration.ofSeconds(2);

    private static final long MIN_PAUSE_NANOS = 1_000_000;
    private static final long MAX_PAUSE_NANOS = 1_000_000_000;

    /** A server that stays the wrong one is not connected to for each call. */
    private static final long BETWEEN_RENEWALS_NANOS = 1_000_000_000;

    private final String server;
    private final ClientResources resources;
    private final Supplier<StatefulRedisConnection<String, String>> connect;
    private final AtomicBoolean connecting = new AtomicBoolean();
    private final AtomicLong nextRenewal;
    private volatile OpenConnection current;
    private volatile boolean closed;
    private volatile @Nullable Throwable lastFailure;

    /**
     * Connects for the first time.
     *
     * @param server what it is called in messages
     * @param resources the client's, of which the timer is used
     * @param connect makes a connection, and waits for it
     * @throws RuntimeException what the client throws if the server cannot be reached
     */
    ServerConnection(
            String server, ClientResources resources, Supplier<StatefulRedisConnection<String, String>> connect) {
        this.server = server;
        this.resources = resources;
        this.connect = connect;
        this.nextRenewal = new AtomicLong(System.nanoTime());
        this.current = opened();
        this.current.listen();
    }

    /** What the server is called in messages. */
    String server() {
        return server;
    }

    /** The connection as it is now. */
    StatefulRedisConnection<String, String> now() {
        return current.connection();
    }

    /** Sends calls in their order, without waiting; or fails them at once, if there is no connection. */
    void send(List<PendingCall> calls) {
        OpenConnection to = current;
        if (!to.isOpen()) {
            replace();
            RuntimeException failure = notConnected();
            calls.forEach(call -> call.answer().completeExceptionally(failure));
            return;
        }
        to.send(calls);
    }

    /** Closes the connection, and waits a moment for that. */
    void close() {
        closed = true;
        try {
            current.closed().get(MAX_SILENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // The client closes what is left of it.
        }
    }

    @Override
    public void lost(OpenConnection lost) {
        if (lost == current) {
            replace();
        }
    }

    /** Makes a new connection to where the address leads by now. The old one ends its work first. */
    @Override
    public void wrongServer(OpenConnection wrong) {
        long now = System.nanoTime();
        long next = nextRenewal.get();
        if (wrong == current && now - next >= 0 && nextRenewal.compareAndSet(next, now + BETWEEN_RENEWALS_NANOS)) {
            replace();
        }
    }

    private OpenConnection opened() {
        return new OpenConnection(connect.get(), resources.timer(), MAX_SILENCE, this);
    }

    /** Begins to make another connection, unless that is under way. */
    private void replace() {
        if (!closed && connecting.compareAndSet(false, true)) {
            try {
                Thread thread = new Thread(null, this::connect, "ratelimit-redis-connect", 0, false);
                thread.setDaemon(true);
                thread.setContextClassLoader(ServerConnection.class.getClassLoader());
                thread.start();
            } catch (OutOfMemoryError noThread) {
                // The next call tries again.
                connecting.set(false);
            }
        }
    }

    private void connect() {
        try {
            OpenConnection old = current;
            if (!old.isOpen()) {
                old.close();
            }
            connectUntilThereIsOne();
        } finally {
            connecting.set(false);
            // It may have been lost while this thread still counted as the one that connects.
            if (!current.isOpen()) {
                replace();
            }
        }
    }

    private void connectUntilThereIsOne() {
        long pause = MIN_PAUSE_NANOS;
        while (!closed) {
            try {
                put(opened());
                return;
            } catch (RuntimeException | Error e) {
                lastFailure = e;
                if (current.isOpen()) {
                    return;
                }
                // Many processes have lost the same server: they do not come back in step.
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(pause / 2, pause));
                pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
            }
        }
    }

    private void put(OpenConnection made) {
        OpenConnection old = current;
        current = made;
        made.listen();
        if (closed) {
            made.close();
        }
        retire(old);
    }

    /** What was asked on it may still be answered: it is closed when that can no longer be. */
    private void retire(OpenConnection old) {
        if (!old.isOpen()) {
            old.close();
            return;
        }
        try {
            Timeout unused =
                    resources.timer().newTimeout(timeout -> old.close(), MAX_SILENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IllegalStateException ended) {
            old.close();
        }
    }

    private RuntimeException notConnected() {
        Throwable reason = lastFailure;
        return new RedisConnectionException(
                "there is no connection to " + server + ", and the store tries to connect again", reason);
    }
}
