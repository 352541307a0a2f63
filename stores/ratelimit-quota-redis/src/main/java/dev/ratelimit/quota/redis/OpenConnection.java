package dev.ratelimit.quota.redis;

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

    /** Who replaces it; is told on the client's threads, and must not block. */
    interface Owner {

        /** It is not open any more. */
        void lost(OpenConnection lost);

        /** It may lead to the wrong server. */
        void wrongServer(OpenConnection wrong);
    }

    OpenConnection(StatefulRedisConnection<String, String> connection, Timer timer, Duration maxSilence, Owner owner) {
        this.connection = connection;
        this.owner = owner;
        this.silence = new Silence(System::nanoTime, timer, maxSilence, this::lose);
    }

    /** Tells its owner from now on. */
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

    /** Whether it was not lost yet; a client may have connected again since, but what it kept is not wanted. */
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
    void send(List<PendingCall> calls) {
        List<RedisCommand<String, String, ?>> commands = new ArrayList<>(calls.size());
        for (PendingCall call : calls) {
            call.tell(this);
            commands.add(call.answer());
        }
        silence.asked();
        try {
            connection.dispatch(commands);
        } catch (RuntimeException e) {
            // Which of them were written nevertheless, they know themselves.
            calls.forEach(call -> call.answer().completeExceptionally(e));
        }
    }

    void close() {
        CompletableFuture<Void> unused = closed();
    }

    /** Closes it; completes when that is done. */
    CompletableFuture<Void> closed() {
        broken = true;
        return closing.compareAndSet(false, true) ? connection.closeAsync() : CompletableFuture.completedFuture(null);
    }
}
