package dev.ratelimit.core.internal.waiting;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread that takes the role of the {@link TimerThread} over when its leader does not come back from callers' code.
 *
 * <p><b>Lending.</b> Before the leader runs such code it lends the role, by making {@link #turn} odd, and afterwards it takes the role back,
 * by an exchange for the next even number. The deputy, if it sees one odd number for {@link #patience}, exchanges it for that
 * same even number, and then leads. So one of the two has the role, and the leader that lost it finds that out before it touches
 * anything. A call that comes back soon costs two writes, and no other thread is woken for it.
 *
 * <p><b>Who wakes the deputy.</b> It sleeps until something could be due that the leader is not there for: until the instant after
 * the one that the leader sleeps for ({@link #cover}), and a patience longer. The leader lends first and then reads until when
 * the deputy sleeps; the deputy says until when, and then looks whether the role is lent; so one of the two sees the other. Callers
 * that put a timer in while the role is lent do as the leader does.
 *
 * <p><b>Its life.</b> It starts when something else is to come, and ends when the role has not been lent for the idle time. Where
 * it cannot be started, the leader runs callers' code all the same, and a start is tried again a second later at the earliest.
 */
final class DeputyThread {

    /** There is no deputy. */
    private static final long NONE = Long.MAX_VALUE;

    /** The deputy does not sleep, or no longer than its patience. */
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

    /** The instant that is to be covered, as the leader said last. */
    private volatile long next = FAR;

    private volatile @Nullable Thread thread;
    private volatile long notBefore = AWAKE;

    /**
     * Creates it without a thread.
     *
     * @param work what a new thread runs; it begins with {@link #awaitRole}
     * @param patience how long the leader may be away before it is replaced, in nanoseconds
     */
    DeputyThread(ThreadFactory threads, Runnable work, Timeline timeline, long patience, long idleNanos) {
        this.threads = threads;
        this.work = work;
        this.timeline = timeline;
        this.patience = patience;
        this.idleNanos = idleNanos;
    }

    // The leader

    /** Lends the role; returns what it is taken back by. */
    long lend() {
        long lent = turn + 1;
        turn = lent;
        return lent;
    }

    /** Takes the role back; returns false if the deputy has it. */
    boolean regain(long lent) {
        return TURN.compareAndSet(this, lent, lent + 1);
    }

    /** Has the deputy be there for an instant; it starts if the instant ever comes. */
    void cover(long instant) {
        next = Math.min(instant, FAR);
        wakeBy(instant);
    }

    // The leader and callers

    boolean isLent() {
        return isLent(turn);
    }

    /** Wakes or starts the deputy, if it would not be there at an instant. */
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

    // The deputy

    /** Makes the current thread the deputy, unless there is one. */
    boolean stepIn() {
        return SLEEPS_UNTIL.compareAndSet(this, NONE, AWAKE);
    }

    /** Waits as the deputy; returns true when this thread has the role, and false when it is to end. */
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
            // An interrupt would make every later park return at once; nobody has a reason to send one.
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

    /** Says that there is no deputy; goes on if the role was lent before the leader could see that. */
    private boolean hasEnded() {
        sleepsUntil = NONE;
        return !isLent() || !stepIn();
    }

    private static boolean isLent(long turn) {
        return (turn & 1) != 0;
    }
}
