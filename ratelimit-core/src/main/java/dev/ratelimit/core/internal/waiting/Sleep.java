package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.TimeSource;

/**
 * Sleeping until an instant of the system's time with a thread, which is parked meanwhile.
 *
 * <p><b>As little late as can be learned.</b> The system wakes a thread some 90 µs after the instant it asked for. A thread asks
 * for an instant so much earlier as the {@link WakeUpDelay} was of late. A thread that wakes early all the same waits awake for
 * the last 10 µs, never for more: that is what being woken costs the processor, and where more threads wait than there are
 * processors, those that spin keep others from waking.
 *
 * <p><b>Virtual threads.</b> Parking holds no monitor and no native frame, so a virtual thread gives its carrier away.
 */
public final class Sleep {

    private static final TimeSource SYSTEM = TimeSource.system();
    private static final WakeUpDelay OVERSLEEP = new WakeUpDelay();

    private Sleep() {}

    /** Whether an instant of the system's time has come. */
    public static boolean isOver(long instant) {
        return Instants.left(SYSTEM, instant) <= 0;
    }

    /**
     * Parks the current thread until an instant of the system's time, or a little less; it may wake before, for whatever reason.
     *
     * @param blocker what the thread is blocked on, for those who read thread dumps
     */
    public static void rest(Object blocker, long instant) {
        OVERSLEEP.rest(blocker, Instants.left(SYSTEM, instant));
    }
}
