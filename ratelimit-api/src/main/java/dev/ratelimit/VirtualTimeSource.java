package dev.ratelimit;

/**
 * A virtual time source is a source of time that runs tasks at instants of its own.
 *
 * <p>An instant of an ordinary source is waited for by the machine's clock: by sleeping for as long as is left, and
 * looking at the source again. An instant of a virtual source may come in the next microsecond, or never, whatever that
 * clock says. So who waits for it leaves a task with the source: a thread that waits for permits sleeps until its task
 * has run, and a stage that stands for them is completed by it. {@code ManualTime} of the testing module is such a source.
 *
 * <p><b>Order.</b> Tasks run one after the other, in the order of their instants, and those of one instant in the order
 * in which they were scheduled. While a task runs, {@link #nanos()} reads its instant, or a later one if the
 * task was late. A task may schedule others and cancel others.
 *
 * <p><b>Instants</b> are readings of this source. As readings may wrap, they are told apart by their differences, and none
 * is further away than 292 years.
 */
public interface VirtualTimeSource extends TimeSource {

    /**
     * Has a task run once, when this source reads an instant or later, and never earlier.
     *
     * <p>A task whose instant has passed runs as soon as no other does, maybe before this method returns. Which thread
     * runs a task is the source's choice; the time stands still meanwhile, so a task neither waits nor takes long.
     *
     * @param instantNanos the instant, as a reading of this source
     * @param task the task
     * @return what cancels it
     */
    ScheduledTask schedule(long instantNanos, Runnable task);
}
