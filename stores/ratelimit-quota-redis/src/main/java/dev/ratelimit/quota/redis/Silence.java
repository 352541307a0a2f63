package dev.ratelimit.quota.redis;

import io.netty.util.Timeout;
import io.netty.util.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Tells when nothing came on a connection for a while after something was asked.
 *
 * <p>{@link SilenceBreaker} sees the same from within a client that the store has made. This class needs nothing of the
 * client, so it works with one of the application's.
 *
 * <p>Thread-safe.
 */
final class Silence {

    /** Stands for "no answer is owed". */
    private static final long NONE = 0;

    /**
     * After a pause of the whole JVM, the timer may come before the client has read what has arrived meanwhile. So
     * there is a second look, after this part of the time.
     */
    private static final long SECOND_LOOK = 10;

    private final LongSupplier nanos;
    private final Timer timer;
    private final long maxSilence;
    private final Runnable whenTooLong;
    private final AtomicLong since = new AtomicLong(NONE);
    private final AtomicBoolean watched = new AtomicBoolean();

    /** The silence that the last look found too long; written by the timer only. */
    private volatile long doubted = NONE;

    Silence(LongSupplier nanos, Timer timer, Duration maxSilence, Runnable whenTooLong) {
        this.nanos = nanos;
        this.timer = timer;
        this.maxSilence = maxSilence.toNanos();
        this.whenTooLong = whenTooLong;
    }

    /** Something is asked. */
    void asked() {
        if (since.get() == NONE && since.compareAndSet(NONE, notNone(nanos.getAsLong()))) {
            watch(maxSilence);
        }
    }

    /** Something has come. */
    void heard() {
        if (since.get() != NONE) {
            since.set(NONE);
        }
    }

    private void watch(long after) {
        if (watched.compareAndSet(false, true)) {
            schedule(after);
        }
    }

    private void schedule(long after) {
        try {
            Timeout unused = timer.newTimeout(timeout -> look(), after, TimeUnit.NANOSECONDS);
        } catch (IllegalStateException closed) {
            // The client's timer has ended, and its connections with it.
            watched.set(false);
        }
    }

    private void look() {
        long began = since.get();
        if (began == NONE) {
            watched.set(false);
            // Something may have been asked just before, when this was still watching.
            if (since.get() != NONE) {
                watch(maxSilence);
            }
            return;
        }
        long silent = nanos.getAsLong() - began;
        if (silent < maxSilence) {
            schedule(maxSilence - silent);
        } else if (doubted != began) {
            doubted = began;
            schedule(maxSilence / SECOND_LOOK);
        } else {
            whenTooLong.run();
        }
    }

    private static long notNone(long nanos) {
        return nanos == NONE ? 1 : nanos;
    }
}
