package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A task and its instant: 40 bytes where references and headers are compressed, beside its slot in the {@link TimerHeap}.
 *
 * <p>Whoever takes the task out, by one atomic exchange, decides: the timer thread (or, for callers' code, a thread of
 * {@link CallThreads}) runs it, a caller drops it. A timer without its task is an empty shell, which keeps nothing of
 * the caller's alive while the timer thread has yet to clear it away.
 */
final class Timer implements ScheduledTask {

    /** Where a task may run. */
    enum Kind {

        /** It is short, and runs no code of callers: on the timer thread itself. */
        SHORT,

        /** It is the library's own, but may come to code of callers: on the timer thread, which lends its role. */
        OWN,

        /** It is callers' code: as the one before, or on {@link CallThreads}. */
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

    /** Where it stands in the heap; only the timer thread reads and writes it. */
    int place = TimerHeap.NONE;

    /** Its {@link Kind}, in two bytes, so that a timer stays at 40. */
    final boolean isShort;

    final boolean isCall;

    /** A byte, so that a timer stays at 40 bytes; the {@link SleepBound} does not tell more than a few apart. */
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

    /** Runs the task, unless it was taken; the exception is the task's own. */
    void run() {
        Runnable mine = takeTask();
        if (mine != null) {
            mine.run();
        }
    }

    /** Returns the task if nobody had taken it. */
    @Nullable
    Runnable takeTask() {
        return (Runnable) TASK.getAndSet(this, (Runnable) null);
    }

    boolean isOver() {
        return task == null;
    }

    /** How far the instant is by the timer's own source; zero or negative if it has come. */
    long left() {
        return Instants.left(time, due);
    }

    /** How long to sleep until the next look, after one that found so much left; only the timer thread calls it. */
    long nap(long left) {
        long nap = SleepBound.nanos(time, left, stalls);
        if (nap > left && stalls < Byte.MAX_VALUE) {
            stalls++;
        }
        return nap;
    }
}
