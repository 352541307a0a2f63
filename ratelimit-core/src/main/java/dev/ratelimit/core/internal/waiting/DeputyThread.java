package dev.ratelimit.core.internal.waiting;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread that takes over the role of the {@link TimerThread} when its leader does not return from callers' code.
 *
 * <p><b>Lending.</b> Before the leader runs such code, it lends the role by making {@link #turn} odd. Afterwards it
 * takes the role back by an exchange for the next even number. If the deputy sees the same odd number for
 * {@link #patience}, it exchanges it for that even number, and then leads. So exactly one of the two has the role, and
 * a leader that has lost it finds out before it changes anything. A call that returns soon costs two writes, and wakes
 * no other thread.
 *
 * <p><b>Waking the deputy.</b> It sleeps until a timer could be due in the leader's absence: until the instant after
 * the one for which the leader sleeps ({@link #cover}), plus the patience. The leader first lends the role and then
 * reads until when the deputy sleeps. The deputy first publishes until when it sleeps, and then checks whether the role
 * is lent. So one of the two sees the other. Callers that add a timer while the role is lent do the same as the leader.
 *
 * <p><b>Life cycle.</b> It starts when the role is lent while other timers are pending, and ends when the role has not
 * been lent for the idle time. If it cannot be started, the leader runs callers' code all the same, and the next start
 * is tried a second later at the earliest.
 */
final class DeputyThread {

    /** Means that there is no deputy. */
    private static final long NONE = Long.MAX_VALUE;

    /** Means that the deputy does not sleep, or not longer than its patience. */
    private static final long AWAKE = Long.MIN_VALUE;

    private static final long FAR = Long.MAX_VALUE / 2;
    private static final long RETRY_NANOS = 1_000_000_000;

    private static final VarHandle TURN;
    private static final VarHandle SLEEPS_UNTIL;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            TURN = lookup.findVarHandle(DeputyThread.class, "turn", long.class);
            SLEEPS_UNTIL = lookup.findVarHandle(DeputyThread.class, "sleepsUntil", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ThreadFactory threads;
    private final Runnable work;
    private final Timeline timeline;
    private final long patience;
    private final long idleNanos;

    /** Odd while the role is lent. */
    private volatile long turn;

    private volatile long sleepsUntil = NONE;

    /** The instant to cover, as last set by the leader. */
    private volatile long next = FAR;

    private volatile @Nullable Thread thread;
    private volatile long notBefore = AWAKE;

    /**
     * Creates a deputy without a thread.
     *
     * @param work the work of a new thread, which begins with {@link #awaitRole}
     * @param patience the time that the leader may be away before it is replaced, in nanoseconds
     */
    DeputyThread(ThreadFactory threads, Runnable work, Timeline timeline, long patience, long idleNanos) {
        this.threads = threads;
        this.work = work;
        this.timeline = timeline;
        this.patience = patience;
        this.idleNanos = idleNanos;
    }

    // Called by the leader

    /** Lends the role; returns the number with which to take it back. */
    long lend() {
        long lent = turn + 1;
        turn = lent;
        return lent;
    }

    /** Takes the role back; returns false if the deputy has it. */
    boolean regain(long lent) {
        return TURN.compareAndSet(this, lent, lent + 1);
    }

    /** Sets the instant that the deputy covers. The deputy starts only if there is such an instant. */
    void cover(long instant) {
        next = Math.min(instant, FAR);
        wakeBy(instant);
    }

    // Called by the leader and by callers

    boolean isLent() {
        return isLent(turn);
    }

    /** Wakes or starts the deputy, if it would otherwise not be awake at an instant. */
    void wakeBy(long instant) {
        long until = sleepsUntil;
        if (until == AWAKE || instant >= FAR || instant + patience >= until) {
            return;
        }
        if (until == NONE && timeline.now() < notBefore) {
            return;
        }
        if (SLEEPS_UNTIL.compareAndSet(this, until, AWAKE)) {
            if (until == NONE) {
                start();
            } else {
                LockSupport.unpark(thread);
            }
        }
    }

    private void start() {
        try {
            threads.newThread(work).start();
        } catch (Throwable e) {
            notBefore = timeline.now() + RETRY_NANOS;
            sleepsUntil = NONE;
        }
    }

    // Called by the deputy

    /** Makes the current thread the deputy, unless there is one. */
    boolean stepIn() {
        return SLEEPS_UNTIL.compareAndSet(this, NONE, AWAKE);
    }

    /** Waits as the deputy; returns true when this thread has the role, and false when it must end. */
    boolean awaitRole() {
        thread = Thread.currentThread();
        long seen = turn;
        long idleSince = timeline.now();
        while (true) {
            long current = turn;
            if (isLent(current)) {
                if (isTakenOver(current)) {
                    sleepsUntil = NONE;
                    return true;
                }
                continue;
            }
            long now = timeline.now();
            if (current != seen) {
                seen = current;
                idleSince = now;
            } else if (now - idleSince >= idleNanos && hasEnded()) {
                return false;
            }
            sleep(now, Math.min(Math.max(next, now) + patience, idleSince + idleNanos));
        }
    }

    private void sleep(long now, long until) {
        sleepsUntil = until;
        if (!isLent()) {
            LockSupport.parkNanos(this, until - now);
            // A pending interrupt would make every later park return at once.
            Thread.interrupted();
        }
        sleepsUntil = AWAKE;
    }

    private boolean isTakenOver(long lent) {
        long end = timeline.now() + patience;
        for (long left = patience; left > 0 && turn == lent; left = end - timeline.now()) {
            LockSupport.parkNanos(this, left);
            Thread.interrupted();
        }
        return regain(lent);
    }

    /** Publishes that there is no deputy; continues if the role was lent before the leader could see that. */
    private boolean hasEnded() {
        sleepsUntil = NONE;
        return !isLent() || !stepIn();
    }

    private static boolean isLent(long turn) {
        return (turn & 1) != 0;
    }
}
