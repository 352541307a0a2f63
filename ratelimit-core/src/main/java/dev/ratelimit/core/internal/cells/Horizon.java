package dev.ratelimit.core.internal.cells;

import dev.ratelimit.core.internal.locks.Headroom;
import dev.ratelimit.core.internal.locks.Mutex;

/**
 * The time span in which positions are unambiguous. It moves with the clock.
 *
 * <p>Positions are counted modulo 2<sup>56</sup>. So an unused position would, after a long time, be read as one in the
 * future, and its key would look in debt. Therefore the horizon keeps an <i>anchor</i>, an instant at which no position
 * lay more than two intervals in the past. Each reading of the clock is compared with it:
 *
 * <ul>
 *   <li>within an {@linkplain Units#sweepNanos() interval} after the anchor: the reading is valid. This is the usual
 *       case, which takes one subtraction and one comparison;
 *   <li>later: every position that has passed for two intervals is freed first (a <i>sweep</i>), and the anchor moves.
 *       This works however late it is, because the sweep computes from the anchor, at which all positions were valid.
 *       Until two intervals after the anchor, other threads need not wait for the thread that sweeps;
 *   <li>earlier, because the clock went back: the reading is valid for two intervals, in which no position was freed
 *       that would be in debt again. A clock that goes back further is read as if it had stopped there, which is only
 *       stricter.
 * </ul>
 *
 * <p>So a position is at most a capacity and 4 intervals ahead of any instant that is read, and at most 6 intervals
 * behind. {@link Units} leaves room for 8 intervals in addition to a whole capacity.
 *
 * <p>The positions of several rates share one horizon, with the shortest of their intervals.
 *
 * <p><b>Order.</b> A caller reads the clock, then the cell, then the anchor. If a cell is too far ahead of the clock's
 * reading, it was written after the anchor had moved. Then the caller reads the later anchor, and its reading of the
 * clock lies before that anchor. If a cell is older than the anchor, either the sweep that set the anchor has freed it,
 * or its position had not passed. If it was freed, a compare-and-set of it fails, and a caller that would refuse reads
 * it again.
 */
final class Horizon {

    /** Frees positions that have passed. */
    interface Sweeper {
        /**
         * Frees every position that had passed at an instant.
         *
         * @param anchor an instant at which all positions are valid
         * @param instant the instant: any time later, or at most two intervals earlier
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

    /** Returns the mask of bits that a time since the anchor has if it is negative or longer than an interval. */
    long beyond() {
        return -interval;
    }

    /** Shortens the intervals to those of a further rate, before any position of that rate is written. */
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
    @SuppressWarnings("LockNotBeforeTry") // the lock guards no statements: taking it once is enough
    void awaitSweep() {
        sweeping.lock();
        sweeping.unlock();
    }

    /** Returns whether a reading of the clock is valid. An older anchor is only stricter. */
    static boolean covers(long anchor, long now, long beyond) {
        return ((now - anchor) & beyond) == 0;
    }

    /**
     * Returns the instant to decide at if the clock's reading is outside the span, and moves the anchor if that is due.
     * The caller must read the cell again.
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
