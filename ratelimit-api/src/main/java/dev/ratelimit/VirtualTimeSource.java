package dev.ratelimit;

/**
 * A virtual time source is a time source that runs tasks at instants of its own.
 *
 * <p>To wait for an instant of an ordinary source, a thread sleeps by the machine's clock for the time that is left,
 * and reads the source again. An instant of a virtual source may come in the next microsecond, or never, whatever that
 * clock says. So a waiting call schedules a task with the source. A thread that waits for permits sleeps until its task
 * has run, and the task of a waiting stage completes the stage. {@code ManualTime} of the testing module is such a
 * source.
 *
 * <p><b>Order.</b> Tasks run one after the other, in the order of their instants, and those of one instant in the order
 * in which they were scheduled. While a task runs, {@link #nanos()} reads its instant, or a later one if the
 * task was late. A task may schedule others and cancel others.
 *
 * <p><b>Instants</b> are readings of this source. As readings may wrap, compare them by their differences. No instant
 * is further away than 292 years.
 */
public interface VirtualTimeSource extends TimeSource {

    /**
     * Schedules a task to run once, when this source reads an instant or later, and never earlier.
     *
     * <p>A task whose instant has passed runs as soon as no other task runs, maybe before this method returns. The
     * source chooses the thread that runs a task. The time stands still meanwhile, so a task must neither wait nor take
     * long.
     *
     * @param instantNanos the instant, as a reading of this source
     * @param task the task
     * @return the handle that cancels the task
     */
    ScheduledTask schedule(long instantNanos, Runnable task);
}
