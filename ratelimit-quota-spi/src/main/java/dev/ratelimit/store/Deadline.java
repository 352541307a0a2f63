package dev.ratelimit.store;

import dev.ratelimit.TimeSource;
import java.time.Duration;
import java.util.Objects;

/**
 * A deadline is the instant after which the caller no longer waits for an answer.
 *
 * <p>Immutable and thread-safe.
 */
public final class Deadline {

    private static final Deadline NEVER = new Deadline(() -> 0, Long.MAX_VALUE);

    private final TimeSource time;
    private final long nanos;

    private Deadline(TimeSource time, long nanos) {
        this.time = time;
        this.nanos = nanos;
    }

    /**
     * Returns the deadline that never passes.
     *
     * @return the deadline, with {@link Long#MAX_VALUE} nanoseconds left at all times
     */
    public static Deadline never() {
        return NEVER;
    }

    /**
     * Returns the deadline after a time from now, by the system's time.
     *
     * @param wait the time to wait, more than zero
     * @return the deadline
     * @throws IllegalArgumentException if the wait is zero or negative
     */
    public static Deadline after(Duration wait) {
        return after(wait, TimeSource.system());
    }

    /**
     * Returns the deadline after a time from now.
     *
     * @param wait the time to wait, more than zero
     * @param time the time source of the deadline
     * @return the deadline
     * @throws IllegalArgumentException if the wait is zero or negative
     */
    public static Deadline after(Duration wait, TimeSource time) {
        Objects.requireNonNull(time, "time");
        if (wait.isZero() || wait.isNegative()) {
            throw new IllegalArgumentException("wait must be more than zero, but was " + wait);
        }
        long most = Long.MAX_VALUE / 2;
        long nanos = wait.compareTo(Duration.ofNanos(most)) > 0 ? most : wait.toNanos();
        return new Deadline(time, time.nanos() + nanos);
    }

    /**
     * Returns the nanoseconds that are left.
     *
     * @return the rest, zero once it has passed
     */
    public long remainingNanos() {
        return Math.max(0, nanos - time.nanos());
    }

    /**
     * Returns the milliseconds that are left, rounded up: for clients that cannot wait for less.
     *
     * @return the rest, zero once it has passed
     */
    public long remainingMillis() {
        long left = remainingNanos();
        return left == 0 ? 0 : (left - 1) / 1_000_000 + 1;
    }

    /**
     * Returns whether the deadline has passed.
     *
     * @return whether it has passed
     */
    public boolean hasPassed() {
        return remainingNanos() == 0;
    }

    @Override
    public String toString() {
        return this == NEVER ? "Deadline[never]" : "Deadline[in " + Duration.ofNanos(remainingNanos()) + "]";
    }
}
