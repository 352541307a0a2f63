package dev.ratelimit.testing;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.VirtualTimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A time source that advances only when a test moves it.
 *
 * <pre>{@code
 * ManualTime time = new ManualTime();
 * SingleLimiter limiter = Limiters.single(Rate.perSecond(10).burst(1), time);
 * limiter.tryAcquire();               // true
 * limiter.tryAcquire();               // false
 * time.advance(Duration.ofMillis(100));
 * limiter.tryAcquire();               // true
 * }</pre>
 *
 * <p><b>Waiting.</b> A call that waits for permits of a limiter on this time source waits for a task of it. Moving the
 * time runs the tasks whose instants it reaches, one after the other, on the thread that moves it. While a task runs,
 * the time reads the task's instant, and not yet the end of the move. So a test sees the following:
 *
 * <ul>
 *   <li>Stages that are due are complete when {@link #advance} returns. Dependent stages have run, too, on the thread
 *       of the test, unless they use an executor.
 *   <li>Threads that are due have been woken when {@code advance} returns, but may not have run yet: join them.
 *   <li>A thread that a test has just started may not wait for permits yet. {@link #awaitPending} waits until it does,
 *       and {@link #pending} returns the number of waiting calls.
 *   <li>A wait of fifty years takes no more real time than one of a millisecond.
 * </ul>
 *
 * <p>A task may schedule and cancel others, and move the time itself. The move that runs it then ends at its own goal,
 * or at the later reading to which the task has moved the time. An exception of a task is thrown by the call that ran
 * it, after all tasks have run. A task whose instant has already passed runs at once on the thread that schedules it;
 * during a move, it runs on the thread that moves the time.
 *
 * <p>Moving the time back runs and cancels no task. A task that has not run waits until the time has caught up.
 *
 * <p><b>Thread-safety.</b> Any number of threads may read it, move it and wait for it. Only one thread moves it at a
 * time: another thread that moves it waits until the first move and its tasks have ended. Reading, scheduling and
 * cancelling never wait for a task.
 */
public final class ManualTime implements VirtualTimeSource {

    private final ReentrantLock lock = new ReentrantLock();

    /** Signalled when a task is scheduled, and when a move has ended. */
    private final Condition changed = lock.newCondition();

    private final Agenda agenda = new Agenda();

    /** The thread that moves the time and runs tasks, if any. It does not hold the lock while it runs a task. */
    private @Nullable Thread mover;

    /** Written under the lock. */
    private volatile long now;

    /** Creates a time that stands at zero. */
    public ManualTime() {
        this(0);
    }

    /**
     * Creates a time that stands at a given reading.
     *
     * @param nanos the first reading, in nanoseconds; any value
     */
    public ManualTime(long nanos) {
        now = nanos;
    }

    @Override
    public long nanos() {
        return now;
    }

    /**
     * Moves the time by a duration, and runs the tasks whose instants it reaches.
     *
     * @param duration the duration; a negative one moves the time back
     * @throws ArithmeticException if the duration is longer than 292 years
     */
    public void advance(Duration duration) {
        advanceNanos(Objects.requireNonNull(duration, "duration").toNanos());
    }

    /**
     * Moves the time by nanoseconds, and runs the tasks whose instants it reaches.
     *
     * @param nanos the number of nanoseconds; a negative number moves the time back
     */
    public void advanceNanos(long nanos) {
        move(from -> from + nanos);
    }

    /**
     * Sets the time to a reading, and runs the tasks whose instants it reaches.
     *
     * @param nanos the reading, in nanoseconds; any value; one before the current reading moves the time back
     */
    public void set(long nanos) {
        move(from -> nanos);
    }

    @Override
    public ScheduledTask schedule(long instantNanos, Runnable task) {
        Objects.requireNonNull(task, "task");
        lock.lock();
        try {
            Agenda.Entry entry = agenda.add(instantNanos, task);
            changed.signalAll();
            if (mover == null && instantNanos - now <= 0) {
                runAsMover(now);
            }
            return () -> cancel(entry);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the number of tasks that wait for their instants: one for each thread and each stage that waits for
     * permits.
     *
     * @return the number, without those that ran or were cancelled
     */
    public int pending() {
        lock.lock();
        try {
            return agenda.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until at least {@code count} tasks wait for their instants. So a test knows that the threads it has started
     * wait for permits.
     *
     * @param count the number of tasks
     * @throws InterruptedException if the thread is interrupted
     */
    public void awaitPending(int count) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (agenda.size() < count) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "ManualTime[" + nanos() + " ns]";
    }

    private boolean cancel(Agenda.Entry entry) {
        lock.lock();
        try {
            return agenda.remove(entry);
        } finally {
            lock.unlock();
        }
    }

    private void move(LongUnaryOperator way) {
        lock.lock();
        try {
            if (mover == Thread.currentThread()) {
                runUntil(way.applyAsLong(now));
                return;
            }
            while (mover != null) {
                changed.awaitUninterruptibly();
            }
            runAsMover(way.applyAsLong(now));
        } finally {
            lock.unlock();
        }
    }

    private void runAsMover(long goal) {
        mover = Thread.currentThread();
        try {
            runUntil(goal);
        } finally {
            mover = null;
            changed.signalAll();
        }
    }

    /** Moves the time to its goal, from one due task to the next. */
    private void runUntil(long goal) {
        if (goal - now < 0) {
            now = goal;
            return;
        }
        Throwable thrown = null;
        while (!agenda.isEmpty() && isReached(agenda.first(), goal)) {
            Agenda.Entry entry = agenda.first();
            agenda.remove(entry);
            goTo(entry.due());
            thrown = join(thrown, run(entry.task()));
        }
        goTo(goal);
        if (thrown != null) {
            ManualTime.<RuntimeException>rethrow(thrown);
        }
    }

    /** A task may have brought the time beyond the goal. */
    private boolean isReached(Agenda.Entry entry, long goal) {
        return entry.due() - goal <= 0 || entry.due() - now <= 0;
    }

    private void goTo(long nanos) {
        if (nanos - now > 0) {
            now = nanos;
        }
    }

    /** Runs a task without the lock, and returns what it throws. */
    private @Nullable Throwable run(Runnable task) {
        lock.unlock();
        try {
            task.run();
            return null;
        } catch (Throwable e) {
            return e;
        } finally {
            lock.lock();
        }
    }

    private static @Nullable Throwable join(@Nullable Throwable first, @Nullable Throwable next) {
        if (first == null) {
            return next;
        }
        if (next != null && next != first) {
            first.addSuppressed(next);
        }
        return first;
    }

    /** Rethrows without wrapping. Tasks written in some languages throw checked exceptions, too. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void rethrow(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
