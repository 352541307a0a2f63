package dev.ratelimit.core.internal.waiting;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What the leader of a {@link TimerThread} does: it takes in what is new, runs what is due, and sleeps. One thread at a time is
 * in here, except for the task that a thread runs with its role lent.
 */
final class LeaderLoop {

    private static final int SPINS = 200;
    private static final long ASIDE_NANOS = 10_000;

    /** What {@link #fire} returns when another thread has the role. */
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

    /** Until when callers' code runs on other threads. */
    private long pooledUntil = Long.MIN_VALUE;

    /** How many threads have lost the role, and have not come back from callers' code. */
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

    /** Takes note that the current thread has the role of one that takes long. */
    void takesOver() {
        away.incrementAndGet();
        pooledUntil = timeline.in(pooledNanos);
    }

    /** Takes note that the current thread, which had lost the role, is back. */
    void comesBack() {
        away.decrementAndGet();
    }

    /** Has the role until there is nothing left to do, or it is lost: returns whether it was lost. */
    boolean lead() {
        int fired = 0;
        boolean isOver = false;
        while (!isOver && fired != REPLACED) {
            try {
                // What is new comes first, so that it takes its turn by its instant among those that are late.
                int taken = takeIn();
                fired = fire();
                isOver = taken == 0 && fired == 0 && !pause();
            } catch (Throwable e) {
                // The heap could not grow. What is new stays in the queue, and is tried again; what is due goes on.
                report(e);
                fired = fire();
                if (fired != REPLACED) {
                    LockSupport.parkNanos(timers, ASIDE_NANOS);
                }
            }
        }
        return !isOver;
    }

    /** Takes a batch at most out of the queue; returns how many. */
    private int takeIn() {
        int count = 0;
        while (count < TimerThread.BATCH) {
            heap.reserve();
            // Not the kind of poll that waits for a caller who is just about to put one in: others may be due.
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

    /** Runs what is due, a batch at most; returns how many timers it looked at, or {@link #REPLACED}. */
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

    /** Whether a timer's instant has come by its own source; if not, it is looked at again later. */
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

    /** Runs a timer, or has it run; returns false if that took so long that another thread has the role. */
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
        // Read after that, so that callers see that it is lent, or are seen here.
        deputy.cover(timers.news.isEmpty() ? heap.earliest() : now);
        runAndReport(timer);
        return deputy.regain(lent);
    }

    /** Sleeps until the first instant or until a caller says so; returns false if the thread is to end. */
    private boolean pause() {
        heap.trim();
        boolean isIdle = heap.isEmpty();
        long now = timeline.now();
        long until = isIdle ? now + idleNanos : heap.earliest();
        // So that it need not be woken when that first timer calls callers' code.
        deputy.cover(isIdle || heap.first().isShort ? Long.MAX_VALUE : heap.second());
        timers.sleepsUntil(until);
        if (timers.news.isEmpty()) {
            oversleep.rest(timers, until - now);
        } else {
            stepAside();
        }
        timers.isAwake();
        // An interrupt would make every later park return at once; nobody has a reason to send one.
        Thread.interrupted();
        return !isIdle || timeline.now() < until || !timers.retire();
    }

    /** A caller has a place in the queue, and has not filled it yet: it will in a moment, if it runs. */
    private void stepAside() {
        if (++spins % SPINS == 0) {
            LockSupport.parkNanos(timers, ASIDE_NANOS);
        } else {
            Thread.onSpinWait();
        }
    }

    /** Runs a timer's task, unless somebody has taken it. */
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
            // A handler that throws cannot be told of it.
        }
    }
}
