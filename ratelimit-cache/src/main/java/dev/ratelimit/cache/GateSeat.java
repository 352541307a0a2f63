package dev.ratelimit.cache;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A place of the gate that a load has, for itself and for the loads that its loader asks for: these take no second place, which they
 * might wait for while the load waits for them.
 *
 * <p>One load within another uses the place at a time. The place is given back when the load and all within it have ended.
 */
final class GateSeat {

    private final Runnable giveBack;
    private final LoadGate within;
    private final AtomicInteger holders = new AtomicInteger(1);

    GateSeat(Runnable giveBack, int maxQueue) {
        this.giveBack = giveBack;
        this.within = new LoadGate(1, maxQueue);
    }

    /** The one place for the loads within. */
    LoadGate within() {
        return within;
    }

    /** Holds the place for one more; false if it was given back already. */
    boolean hold() {
        return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    void leave() {
        if (holders.decrementAndGet() == 0) {
            giveBack.run();
        }
    }
}
