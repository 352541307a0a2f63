package dev.ratelimit.cache;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A load's place at the {@link LoadGate}, shared with its nested loads. If a nested load took a second place, it could
 * wait for one while the outer load waits for the nested load.
 *
 * <p>One nested load uses the place at a time. The place is released when the load and all its nested loads have ended.
 */
final class GateSeat {

    private final Runnable giveBack;
    private final LoadGate within;
    private final AtomicInteger holders = new AtomicInteger(1);

    GateSeat(Runnable giveBack, int maxQueue) {
        this.giveBack = giveBack;
        this.within = new LoadGate(1, maxQueue);
    }

    /** The gate with a single place for the nested loads. */
    LoadGate within() {
        return within;
    }

    /** Holds the place for one more load; false if it was already released. */
    boolean hold() {
        return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    void leave() {
        if (holders.decrementAndGet() == 0) {
            giveBack.run();
        }
    }
}
