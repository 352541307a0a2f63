package dev.ratelimit.redis;

import io.netty.util.Timeout;
import io.netty.util.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Detects a silent connection: one that brings no answer for some time after a request.
 *
 * <p>{@link SilenceBreaker} detects the same inside a client that the store has created. This class uses nothing of the
 * client, so it also works with an application's client.
 *
 * <p>Thread-safe.
 */
final class Silence {

    /** The value for "no answer is pending". */
    private static final long NONE = 0;

    /**
     * The divisor of the time before a second check. After a pause of the whole JVM, the timer may run before the
     * client has read the answers that have arrived. So the timer checks a second time.
     */
    private static final long SECOND_LOOK = 10;

    private final LongSupplier nanos;
    private final Timer timer;
    private final long maxSilence;
    private final Runnable whenTooLong;
    private final AtomicLong since = new AtomicLong(NONE);
    private final AtomicBoolean watched = new AtomicBoolean();

    /** The silence that the last check found too long; written by the timer only. */
    private volatile long doubted = NONE;

    Silence(LongSupplier nanos, Timer timer, Duration maxSilence, Runnable whenTooLong) {
        this.nanos = nanos;
        this.timer = timer;
        this.maxSilence = maxSilence.toNanos();
        this.whenTooLong = whenTooLong;
    }

    /** Records a request. */
    void asked() {
        if (since.get() == NONE && since.compareAndSet(NONE, notNone(nanos.getAsLong()))) {
            watch(maxSilence);
        }
    }

    /** Records an answer. */
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
            // A request may have come just before, while this timer was still running.
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
