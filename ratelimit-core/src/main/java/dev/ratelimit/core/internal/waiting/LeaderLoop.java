package dev.ratelimit.core.internal.waiting;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The loop of the leader of a {@link TimerThread}: it takes in new timers, runs due ones, and sleeps. One thread at a
 * time runs it, except for a task that a thread runs while its role is lent.
 */
final class LeaderLoop {

    private static final int SPINS = 200;
    private static final long ASIDE_NANOS = 10_000;

    /** Returned by {@link #fire} when another thread has the role. */
    private static final int REPLACED = -1;

    final TimerHeap heap = new TimerHeap();

    private final TimerThread timers;
    private final DeputyThread deputy;
    private final Timeline timeline;
    private final CallThreads callThreads;
    private final long idleNanos;
    private final long pooledNanos;
    private final WakeUpDelay oversleep = new WakeUpDelay();
    private int spins;

    /** The instant until which callers' code runs on other threads. */
    private long pooledUntil = Long.MIN_VALUE;

    /** The number of threads that have lost the role and have not returned from callers' code. */
    private final AtomicInteger away = new AtomicInteger();

    LeaderLoop(
            TimerThread timers,
            DeputyThread deputy,
            Timeline timeline,
            CallThreads callThreads,
            long idleNanos,
            long pooledNanos) {
        this.timers = timers;
        this.deputy = deputy;
        this.timeline = timeline;
        this.callThreads = callThreads;
        this.idleNanos = idleNanos;
        this.pooledNanos = pooledNanos;
    }

    /** Records that the current thread has taken over the role of a slow thread. */
    void takesOver() {
        away.incrementAndGet();
        pooledUntil = timeline.in(pooledNanos);
    }

    /** Records that the current thread, which had lost the role, has returned. */
    void comesBack() {
        away.decrementAndGet();
    }

    /** Leads until there is nothing left to do, or the role is lost; returns whether it was lost. */
    boolean lead() {
        int fired = 0;
        boolean isOver = false;
        while (!isOver && fired != REPLACED) {
            try {
                // New timers are taken in first, so that they run in the order of their instants among late ones.
                int taken = takeIn();
                fired = fire();
                isOver = taken == 0 && fired == 0 && !pause();
            } catch (Throwable e) {
                // The heap could not grow. New timers stay in the queue for the next attempt, and due ones run.
                report(e);
                fired = fire();
                if (fired != REPLACED) {
                    LockSupport.parkNanos(timers, ASIDE_NANOS);
                }
            }
        }
        return !isOver;
    }

    /** Takes at most a batch out of the queue; returns the number of timers. */
    private int takeIn() {
        int count = 0;
        while (count < TimerThread.BATCH) {
            heap.reserve();
            // A relaxed poll does not wait for a caller that is just adding a timer, because others may be due.
            Timer timer = timers.news.relaxedPoll();
            if (timer == null) {
                return count;
            }
            if (timer.isOver()) {
                heap.remove(timer);
            } else {
                heap.add(timer, timeline.firstLook(timer));
            }
            count++;
        }
        return count;
    }

    /** Runs due timers, at most a batch; returns the number of timers checked, or {@link #REPLACED}. */
    private int fire() {
        long now = timeline.now();
        int count = 0;
        while (count < TimerThread.BATCH && heap.earliest() <= now) {
            Timer timer = heap.removeFirst();
            if (isDue(timer) && !hasRun(timer, now)) {
                return REPLACED;
            }
            count++;
        }
        return count;
    }

    /** Returns whether a timer's instant has come by its own source. If not, it is checked again later. */
    private boolean isDue(Timer timer) {
        try {
            long left = timer.left();
            if (left > 0) {
                heap.add(timer, timeline.in(timer.nap(left)));
            }
            return left <= 0;
        } catch (Throwable e) {
            report(e);
            return false;
        }
    }

    /** Runs a timer here or on another thread; returns false if that took so long that another thread has the role. */
    private boolean hasRun(Timer timer, long now) {
        if (timer.isShort || timer.isOver()) {
            runAndReport(timer);
            return true;
        }
        boolean isPooled = timer.isCall && (now < pooledUntil || away.get() >= CallThreads.FEW);
        if (isPooled && callThreads.run(timer)) {
            return true;
        }
        long lent = deputy.lend();
        // Read after lending: either callers see that the role is lent, or this thread sees their timers.
        deputy.cover(timers.news.isEmpty() ? heap.earliest() : now);
        runAndReport(timer);
        return deputy.regain(lent);
    }

    /** Sleeps until the first instant or until a caller wakes it; returns false if the thread must end. */
    private boolean pause() {
        heap.trim();
        boolean isIdle = heap.isEmpty();
        long now = timeline.now();
        long until = isIdle ? now + idleNanos : heap.earliest();
        // So that the deputy need not be woken when that first timer runs callers' code.
        deputy.cover(isIdle || heap.first().isShort ? Long.MAX_VALUE : heap.second());
        timers.sleepsUntil(until);
        if (timers.news.isEmpty()) {
            oversleep.rest(timers, until - now);
        } else {
            stepAside();
        }
        timers.isAwake();
        // A pending interrupt would make every later park return at once.
        Thread.interrupted();
        return !isIdle || timeline.now() < until || !timers.retire();
    }

    /** A caller has taken a slot of the queue and not filled it yet. It will in a moment, if its thread runs. */
    private void stepAside() {
        if (++spins % SPINS == 0) {
            LockSupport.parkNanos(timers, ASIDE_NANOS);
        } else {
            Thread.onSpinWait();
        }
    }

    /** Runs a timer's task, unless it has been taken. */
    static void runAndReport(Timer timer) {
        try {
            timer.run();
        } catch (Throwable e) {
            report(e);
        }
    }

    private static void report(Throwable thrown) {
        Thread me = Thread.currentThread();
        try {
            me.getUncaughtExceptionHandler().uncaughtException(me, thrown);
        } catch (Throwable e) {
            // There is no further handler for a handler that throws.
        }
    }
}
