package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.TimeSource;

/**
 * Sleep of a thread until an instant of the system's time. The thread is parked meanwhile.
 *
 * <p><b>Lateness.</b> The system wakes a thread about 90 µs after the requested instant. So a thread requests an
 * instant that is earlier by the recent {@link WakeUpDelay}. A thread that wakes early spins for the rest, at most for
 * 10 µs. This is the processor time of a wake-up, and if more threads wait than there are processors, spinning threads
 * delay others.
 *
 * <p><b>Virtual threads.</b> Parking holds no monitor and no native frame, so a virtual thread releases its carrier.
 */
public final class Sleep {

    private static final TimeSource SYSTEM = TimeSource.system();
    private static final WakeUpDelay OVERSLEEP = new WakeUpDelay();

    private Sleep() {}

    /** Returns whether an instant of the system's time has come. */
    public static boolean isOver(long instant) {
        return Instants.left(SYSTEM, instant) <= 0;
    }

    /**
     * Parks the current thread until an instant of the system's time, or slightly less. It may wake earlier, for any
     * reason.
     *
     * @param blocker the object that the thread waits for, as shown in thread dumps
     */
    public static void rest(Object blocker, long instant) {
        OVERSLEEP.rest(blocker, Instants.left(SYSTEM, instant));
    }
}
