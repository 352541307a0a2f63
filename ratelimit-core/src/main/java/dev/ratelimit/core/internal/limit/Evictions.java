package dev.ratelimit.core.internal.limit;

import dev.ratelimit.LimiterListener;
import dev.ratelimit.core.internal.queue.WaitQueues;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Tells a listener of keys in debt that were forgotten: at once, or, where a lock is held, when it is free.
 */
public final class Evictions {

    private final SafeListener listener;
    private final AtomicInteger untold = new AtomicInteger();
    private volatile @Nullable WaitQueues queues;

    /**
     * Creates one that knows of no locks.
     *
     * @param listener who is told
     */
    public Evictions(LimiterListener listener) {
        this.listener = new SafeListener(listener);
    }

    void heldBackBy(WaitQueues locks) {
        queues = locks;
    }

    /** A key in debt was forgotten. */
    public void evicted() {
        WaitQueues locks = queues;
        if (locks != null && locks.isHeldByCurrentThread()) {
            untold.incrementAndGet();
        } else {
            listener.evicted();
        }
    }

    /** No lock is held by the current thread. */
    void tell() {
        if (untold.get() > 0) {
            for (int left = untold.getAndSet(0); left > 0; left--) {
                listener.evicted();
            }
        }
    }
}
