package dev.ratelimit;

/**
 * A time source is a count of nanoseconds from an arbitrary origin, which advances by one each nanosecond.
 *
 * <p>Only the difference of two readings has a meaning; the count may wrap. A reading below an earlier one makes a
 * limiter stricter, never more generous: permits taken at the later reading stay taken until the time has caught up. A
 * source that stands still refills nothing. In tests, use {@code ManualTime} of the testing module.
 *
 * <p><b>Waiting.</b> A thread that waits for an instant sleeps for the time that is left, by the system's clock and at
 * most a second. Then it reads the source again, until the source has reached the instant. A source that is independent
 * of the system's clock, as in a simulation, should be a {@link VirtualTimeSource}, which runs a task at an instant of
 * its own.
 *
 * <p><b>Thread-safety.</b> Many threads call an implementation at once. It must neither block nor throw.
 */
@FunctionalInterface
public interface TimeSource {

    /**
     * Returns the current reading.
     *
     * @return nanoseconds since the origin of this source
     */
    long nanos();

    /**
     * Returns the time of {@link System#nanoTime()}, the default: monotonic, and exact to the nanosecond.
     *
     * @return the system's monotonic time
     */
    static TimeSource system() {
        return SystemTime.INSTANCE;
    }

    /**
     * Returns a time source that caches the system's time and renews it about once a millisecond, so that a reading
     * costs next to nothing.
     *
     * <p>A limiter on it sees time in steps. In any interval it may allow the permits of one step more than its rate
     * allows, and refuse for one step longer than it must. A step is about 1 ms. It is longer when the machine is so
     * busy that the daemon thread that renews the reading does not run.
     *
     * <p>All limiters share one such thread. The first reading starts it. It inherits nothing from the reading thread,
     * and ends after about five seconds without a reading. The next reading is the system's own, and starts another
     * thread. If no thread can be started, each reading is the system's own. Readings never go backwards.
     *
     * <p>The same instance is returned each time.
     *
     * @return the coarse time
     */
    static TimeSource coarse() {
        return CoarseTime.shared();
    }
}
