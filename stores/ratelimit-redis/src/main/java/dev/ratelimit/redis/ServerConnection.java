package dev.ratelimit.redis;

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
 * The connection to one server, which is replaced if it is lost, if it stays silent, or if it may lead to the wrong
 * server.
 *
 * <p>The client resolves its address for each new connection, so a new connection follows an address that has moved.
 * Nothing else of the client matters, and it may have any options. A lost connection is closed at once, together with
 * the commands that the client has retained for it, and {@link ScriptCommand} sends nothing a second time. While there
 * is no connection, calls fail at once.
 *
 * <p>A thread exists only while a connection is being made. Thread-safe.
 */
final class ServerConnection implements OpenConnection.Owner {

    /** The maximum silence after a request. */
    static final Duration MAX_SILENCE = Duration.ofSeconds(2);

    private static final long MIN_PAUSE_NANOS = 1_000_000;
    private static final long MAX_PAUSE_NANOS = 1_000_000_000;

    /** The minimum time between two renewals, so that calls to a wrong server do not each cause a new connection. */
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
     * @param server its name in messages
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

    /** The name of the server in messages. */
    String server() {
        return server;
    }

    /** The current connection. */
    StatefulRedisConnection<String, String> now() {
        return current.connection();
    }

    /** Sends calls in order, without waiting. If there is no connection, fails them at once. */
    void send(List<? extends PendingCall<?>> calls) {
        OpenConnection to = current;
        if (!to.isOpen()) {
            replace();
            RuntimeException failure = notConnected();
            calls.forEach(call -> call.answer().completeExceptionally(failure));
            return;
        }
        to.send(calls);
    }

    /** Closes the connection, and waits briefly until it is closed. */
    void close() {
        closed = true;
        try {
            current.closed().get(MAX_SILENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // The client closes the rest.
        }
    }

    @Override
    public void lost(OpenConnection lost) {
        if (lost == current) {
            replace();
        }
    }

    /** Opens a new connection to the address. The old one finishes its calls first. */
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

    /** Begins to open another connection, unless this is in progress. */
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
            // The connection may have been lost while this thread still counted as the connecting one.
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
                // Many processes may have lost the same server; random pauses keep them from reconnecting in step.
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

    /** Closes an old connection later, when no call on it can be answered any more. */
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
