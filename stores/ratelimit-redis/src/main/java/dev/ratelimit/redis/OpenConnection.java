package dev.ratelimit.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.util.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** One connection of {@link ServerConnection}: open until it is lost, silent for too long, or closed. Thread-safe. */
final class OpenConnection implements AnswerListener {

    private final StatefulRedisConnection<String, String> connection;
    private final Owner owner;
    private final Silence silence;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean broken;

    /** The owner, which replaces the connection. It is called on the client's threads, and must not block. */
    interface Owner {

        /** The connection is no longer open. */
        void lost(OpenConnection lost);

        /** The connection may lead to the wrong server. */
        void wrongServer(OpenConnection wrong);
    }

    OpenConnection(StatefulRedisConnection<String, String> connection, Timer timer, Duration maxSilence, Owner owner) {
        this.connection = connection;
        this.owner = owner;
        this.silence = new Silence(System::nanoTime, timer, maxSilence, this::lose);
    }

    /** Starts to notify the owner. */
    void listen() {
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> ignored) {
                lose();
            }
        });
        if (!connection.isOpen()) {
            lose();
        }
    }

    StatefulRedisConnection<String, String> connection() {
        return connection;
    }

    /**
     * Whether the connection was never lost. The client may have reconnected since, but its retained commands must not
     * be sent.
     */
    boolean isOpen() {
        return !broken && connection.isOpen();
    }

    private void lose() {
        broken = true;
        owner.lost(this);
    }

    @Override
    public void heard() {
        silence.heard();
    }

    @Override
    public void wrongServer() {
        owner.wrongServer(this);
    }

    /** Sends calls in their order, without waiting. */
    void send(List<? extends PendingCall<?>> calls) {
        List<RedisCommand<String, String, ?>> commands = new ArrayList<>(calls.size());
        for (PendingCall<?> call : calls) {
            call.tell(this);
            commands.add(call.answer());
        }
        silence.asked();
        try {
            connection.dispatch(commands);
        } catch (RuntimeException e) {
            // Each call knows whether it was written nevertheless.
            calls.forEach(call -> call.answer().completeExceptionally(e));
        }
    }

    void close() {
        CompletableFuture<Void> unused = closed();
    }

    /** Closes the connection; the returned future completes when it is closed. */
    CompletableFuture<Void> closed() {
        broken = true;
        return closing.compareAndSet(false, true) ? connection.closeAsync() : CompletableFuture.completedFuture(null);
    }
}
