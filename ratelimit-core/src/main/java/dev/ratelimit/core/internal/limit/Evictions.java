package dev.ratelimit.core.internal.limit;

import dev.ratelimit.LimiterListener;
import dev.ratelimit.core.internal.queue.WaitQueues;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reports evictions of keys in debt to a listener: at once, or, if a lock is held, after its release.
 */
public final class Evictions {

    private final SafeListener listener;
    private final AtomicInteger untold = new AtomicInteger();
    private volatile @Nullable WaitQueues queues;

    /**
     * Creates evictions that know no locks.
     *
     * @param listener the listener
     */
    public Evictions(LimiterListener listener) {
        this.listener = new SafeListener(listener);
    }

    void heldBackBy(WaitQueues locks) {
        queues = locks;
    }

    /** Reports that a key in debt was forgotten. */
    public void evicted() {
        WaitQueues locks = queues;
        if (locks != null && locks.isHeldByCurrentThread()) {
            untold.incrementAndGet();
        } else {
            listener.evicted();
        }
    }

    /** Calls the listener. The current thread holds no lock. */
    void tell() {
        if (untold.get() > 0) {
            for (int left = untold.getAndSet(0); left > 0; left--) {
                listener.evicted();
            }
        }
    }
}
