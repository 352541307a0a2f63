package dev.ratelimit.redis;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection that stays silent after a write, so that the client opens a new one. Otherwise a network that
 * drops all packets would keep the connection open for as long as the system retransmits: a quarter of an hour.
 *
 * <p>One for each connection; all its fields belong to the connection's event loop.
 */
final class SilenceBreaker extends ChannelDuplexHandler {

    private final long longest;
    private boolean waiting;
    private boolean watching;
    private long since;

    SilenceBreaker(Duration longest) {
        this.longest = longest.toNanos();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (!waiting) {
            waiting = true;
            since = System.nanoTime();
            if (!watching) {
                watching = true;
                watch(context, longest);
            }
        }
        super.write(context, message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        waiting = false;
        super.channelRead(context, message);
    }

    private void watch(ChannelHandlerContext context, long nanos) {
        Future<?> unused = context.executor().schedule(() -> look(context), nanos, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext context) {
        long silent = System.nanoTime() - since;
        if (!waiting || !context.channel().isActive()) {
            watching = false;
        } else if (silent >= longest) {
            watching = false;
            Future<?> unused = context.close();
        } else {
            watch(context, longest - silent);
        }
    }
}
