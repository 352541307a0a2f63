package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A task and its instant. It takes 40 bytes with compressed references and headers, plus its slot in the
 * {@link TimerHeap}.
 *
 * <p>The thread that takes the task out, by one atomic exchange, decides: the timer thread (or, for callers' code, a
 * thread of {@link CallThreads}) runs it, and a caller that cancels drops it. A timer without its task keeps no object
 * of the caller reachable, while the timer thread has yet to remove it.
 */
final class Timer implements ScheduledTask {

    /** Says where a task may run. */
    enum Kind {

        /** A short task that runs no code of callers. It runs on the timer thread itself. */
        SHORT,

        /** A task of the library that may call code of callers. It runs on the timer thread, which lends its role. */
        OWN,

        /** Code of callers. It runs like {@link #OWN}, or on {@link CallThreads}. */
        CALL
    }

    private static final VarHandle TASK;

    static {
        try {
            TASK = MethodHandles.lookup().findVarHandle(Timer.class, "task", Runnable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final TimeSource time;
    final long due;
    private final TimerThread thread;
    private volatile @Nullable Runnable task;

    /** Its position in the heap. Only the timer thread reads and writes it. */
    int place = TimerHeap.NONE;

    /** Its {@link Kind}, in two booleans, so that a timer stays at 40 bytes. */
    final boolean isShort;

    final boolean isCall;

    /** A byte, so that a timer stays at 40 bytes. The {@link SleepBound} distinguishes only a few values. */
    private byte stalls;

    Timer(TimerThread thread, TimeSource time, long due, Runnable task, Kind kind) {
        this.thread = thread;
        this.time = time;
        this.due = due;
        this.task = task;
        this.isShort = kind == Kind.SHORT;
        this.isCall = kind == Kind.CALL;
    }

    @Override
    public boolean cancel() {
        boolean taken = takeTask() != null;
        if (taken) {
            thread.clearAway(this);
        }
        return taken;
    }

    /** Runs the task, unless it was taken. An exception is the task's own. */
    void run() {
        Runnable mine = takeTask();
        if (mine != null) {
            mine.run();
        }
    }

    /** Takes the task out; returns null if it was already taken. */
    @Nullable
    Runnable takeTask() {
        return (Runnable) TASK.getAndSet(this, (Runnable) null);
    }

    boolean isOver() {
        return task == null;
    }

    /** Returns the time left until the instant by the timer's own source; zero or negative if it has come. */
    long left() {
        return Instants.left(time, due);
    }

    /**
     * Returns the time to sleep until the next check, after a check that found {@code left} nanoseconds left. Only the
     * timer thread calls it.
     */
    long nap(long left) {
        long nap = SleepBound.nanos(time, left, stalls);
        if (nap > left && stalls < Byte.MAX_VALUE) {
            stalls++;
        }
        return nap;
    }
}
