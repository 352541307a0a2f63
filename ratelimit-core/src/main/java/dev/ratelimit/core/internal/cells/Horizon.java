package dev.ratelimit.core.internal.cells;

import dev.ratelimit.core.internal.locks.Headroom;
import dev.ratelimit.core.internal.locks.Mutex;

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
 * room for this is the 8 intervals that {@link Units} leaves beside a whole capacity.
 *
 * <p>Positions of several rates have one horizon, with the shortest of their intervals.
 *
 * <p><b>Order.</b> A caller reads the clock, then the cell, then the anchor. A cell that is younger than the clock's reading
 * by more than there is room for was written after the anchor had moved on; then the anchor that is read is the later one,
 * and the reading of the clock lies before it. A cell that is older than the anchor has been freed by the sweep that set
 * that anchor, or had not passed: a compare-and-set of it fails, and a caller that means to refuse looks at it again.
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

    private final Mutex sweeping = new Mutex();
    private volatile long interval;
    private volatile long anchor;

    Horizon(Units units, long now) {
        this.interval = units.sweepNanos();
        this.anchor = now;
    }

    long anchor() {
        return anchor;
    }

    /** The bits that a time since the anchor has beyond an interval, or before it. */
    long beyond() {
        return -interval;
    }

    /** Makes intervals no longer than those of a further rate, before any position of that rate is written. */
    void narrow(Units units) {
        Headroom.forOne();
        sweeping.lock();
        try {
            interval = Math.min(interval, units.sweepNanos());
        } finally {
            sweeping.unlock();
        }
    }

    /** Waits until a sweep that is under way has ended. */
    @SuppressWarnings("LockNotBeforeTry") // nothing to do while it is held
    void awaitSweep() {
        sweeping.lock();
        sweeping.unlock();
    }

    /** Whether a reading of the clock is right as it is; an anchor of before is only stricter. */
    static boolean covers(long anchor, long now, long beyond) {
        return ((now - anchor) & beyond) == 0;
    }

    /**
     * Returns the instant to decide at when the clock's reading is outside, having moved the anchor if that was due.
     * The cell is to be read again.
     */
    long enter(long now, Sweeper sweeper) {
        long interval = this.interval;
        long age = now - anchor;
        if (age < 0) {
            return Math.max(age, -2 * interval) + (now - age);
        }
        if (age < interval) {
            return now;
        }
        Headroom.forOne();
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
            long interval = this.interval;
            if (now - from >= interval) {
                sweeper.sweep(from, now - 2 * interval);
                anchor = now;
            }
        } finally {
            sweeping.unlock();
        }
    }
}
