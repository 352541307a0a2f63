package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Rate;
import dev.ratelimit.Snapshot;
import java.time.Duration;

/**
 * The units of one rate: the units of a permit, and the units that the rate's clock emits in a nanosecond.
 *
 * <p>The sum over many waiting calls may be far beyond the range of a cell. Products are therefore capped at
 * {@link #MAX}, which leaves room to add a few of them.
 *
 * @param rate the rate
 * @param perPermit the units of a permit
 * @param perNano the units that are emitted in a nanosecond
 */
public record Scale(Rate rate, long perPermit, long perNano) {

    private static final long MAX = Long.MAX_VALUE >> 3;

    long cost(long permits) {
        return product(permits, perPermit);
    }

    /** Returns the units emitted in a time, which may be negative. */
    long emitted(long nanos) {
        return nanos < 0 ? -product(-nanos, perNano) : product(nanos, perNano);
    }

    long full() {
        return cost(rate.capacity());
    }

    /** Returns whether any number of units is emitted in whole nanoseconds. */
    boolean isWhole() {
        return perNano == 1;
    }

    /** Returns the time in which units are emitted, rounded up; zero for zero or fewer units. */
    long nanos(long units) {
        return units <= 0 ? 0 : (units - 1) / perNano + 1;
    }

    /** Returns the nanoseconds until a budget with a debt has permits. */
    long wait(long debt, long permits) {
        return nanos(debt + cost(permits) - full());
    }

    /** Returns the whole permits that a budget with a debt has left. */
    long remaining(long debt) {
        return debt >= full() ? 0 : (full() - debt) / perPermit;
    }

    /**
     * Returns the snapshot of a budget with a debt, which includes waiting calls and reservations that are not yet due.
     */
    public Snapshot.Budget snapshot(long owed) {
        return new Snapshot.Budget(
                rate, remaining(owed), owed == 0 ? 0 : (owed - 1) / perPermit + 1, Duration.ofNanos(nanos(owed)));
    }

    private static long product(long one, long other) {
        long low = one * other;
        return Math.multiplyHigh(one, other) != 0 || low < 0 || low > MAX ? MAX : low;
    }
}
