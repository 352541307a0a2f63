package dev.ratelimit;

/**
 * A source of time is a count of nanoseconds from an arbitrary origin, which goes on by one a nanosecond.
 *
 * <p>Only differences of two readings mean anything; the count may wrap. A reading below an earlier one makes a limiter
 * stricter, never more generous: what was allowed at a later reading stays allowed until the time has caught up. A
 * source that stands still refills nothing. In tests, use {@code ManualTime} of the testing module.
 *
 * <p><b>Waiting.</b> Who waits for an instant sleeps by the system's time, for as long as is left and at most a second,
 * and then reads the source again, until it has got there. A source that does not go on with the system's time, as in
 * a simulation, should be a {@link VirtualTimeSource}: it says itself when its instants come.
 *
 * <p><b>Thread-safety.</b> Implementations are called by many threads at once, and must neither block nor throw.
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
     * Returns a reading of the system's time that is renewed about once a millisecond, and costs next to nothing.
     *
     * <p>A limiter on it sees time in steps: in any interval it may allow at most one step's worth of permits more
     * than its rate allows, and refuse for one step longer than it must. A step is about 1 ms, longer when the machine
     * is so busy that the one daemon thread that renews the reading is not run.
     *
     * <p>All share the thread. The first reading starts it, it inherits nothing of the thread that reads, and it ends
     * when nobody has read for some five seconds. The next reading is the system's own, and starts another thread.
     * Where no thread can be started, each reading is the system's own. Readings never go backwards.
     *
     * <p>The same instance is returned each time.
     *
     * @return the coarse time
     */
    static TimeSource coarse() {
        return CoarseTime.shared();
    }
}
