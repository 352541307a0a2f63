package dev.ratelimit.core.internal.cells;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The stretch of time in which positions mean what they say, and which moves on with the clock.
 *
 * <p>Positions are counted modulo 2<sup>56</sup>, so one that nobody touches would, after long enough, be read as one in
 * the future: a key that has been away would look in debt. Therefore the horizon remembers an <i>anchor</i>, an instant
 * at which no position lay more than two intervals in the past, and all readings are held against it:
 *
 * <ul>
 *   <li>within an {@linkplain Units#sweepNanos() interval} after the anchor: right as it is, the usual case, one
 *       subtraction and one comparison;
 *   <li>later: every position that has passed for two intervals is freed first (a <i>sweep</i>), and the anchor moves. It
 *       does not matter how much later: whether a position has passed is reckoned from the anchor, where all were
 *       right. Until two intervals after the anchor other threads need not wait for the one that sweeps;
 *   <li>earlier, because the clock went back: right as it is for two intervals, in which nothing was freed that would
 *       be in debt again. A clock that goes back further is read as if it had stopped there, which is only stricter.
 * </ul>
 *
 * <p>So a position is at most a capacity and 4 intervals ahead of any instant that is read, and at most 6 behind. The
 * room for this is the 8 intervals that {@link Units} leaves beside a whole capacity. A caller reads the anchor
 * <i>before</i> the cell and the clock: then a cell is never older than the anchor that it is held against.
 */
final class Horizon {

    /** Frees positions that have passed. */
    interface Sweeper {
        /**
         * Frees every position that had passed at an instant.
         *
         * @param anchor an instant at which all positions are read right
         * @param instant the instant, however much later, or at most two intervals earlier
         */
        void sweep(long anchor, long instant);
    }

    private final ReentrantLock sweeping = new ReentrantLock();
    private final long interval;
    private volatile long anchor;

    Horizon(long interval, long now) {
        this.interval = interval;
        this.anchor = now;
    }

    long anchor() {
        return anchor;
    }

    boolean covers(long anchor, long now) {
        return Long.compareUnsigned(now - anchor, interval) <= 0;
    }

    /**
     * Returns the instant to decide at when the clock's reading is outside, having moved the anchor if that was due.
     * The cell is to be read again.
     */
    long enter(long now, Sweeper sweeper) {
        long age = now - anchor;
        if (age < 0) {
            return Math.max(age, -2 * interval) + (now - age);
        }
        if (age <= interval) {
            return now;
        }
        if (age <= 2 * interval) {
            if (sweeping.tryLock()) {
                sweepLocked(now, sweeper);
            }
            return now;
        }
        sweeping.lock();
        sweepLocked(now, sweeper);
        return enter(now, sweeper);
    }

    private void sweepLocked(long now, Sweeper sweeper) {
        try {
            long from = anchor;
            if (now - from > interval) {
                sweeper.sweep(from, now - 2 * interval);
                anchor = now;
            }
        } finally {
            sweeping.unlock();
        }
    }
}
