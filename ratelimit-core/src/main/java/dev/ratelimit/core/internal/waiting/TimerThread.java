package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.internal.OwnThreads;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The timer of all limiters of a process: one thread runs tasks when their instants come. This is a role that one
 * thread has at a time, the leader.
 *
 * <p><b>Timers.</b> Callers put new and cancelled timers into a queue with many producers and one consumer. The leader
 * takes them out and keeps pending ones in a {@link TimerHeap}, which no other thread uses. It sleeps until the first
 * instant ({@link WakeUpDelay}), checks by the timer's own source that the instant has come, and runs the task or
 * sleeps again. So no task is early by its own source, whatever that is. Callers take no lock, except to start the
 * thread.
 *
 * <p><b>Waking the leader.</b> Before the leader sleeps, it publishes until when ({@link #wakeAt}), and then checks the
 * queue once more. A caller first puts its timer into the queue, and then reads until when the leader sleeps. So one of
 * the two sees the other. A caller wakes the leader only if its timer is due before that instant, or if the queue has a
 * batch of 1,024. Limiters produce instants in ascending order, so few callers pay for a wake-up. At most a batch of
 * cancelled timers, which are empty, waits for removal.
 *
 * <p><b>Callers' code</b> may take long, and may even wait for another timer. So the leader lends its role before it
 * runs any. If it does not return within half a millisecond, and another timer is due, a {@link DeputyThread} is the
 * leader from then on, and the old leader, when it returns, becomes the deputy or ends. For a second after that,
 * callers' code runs on {@link CallThreads}, so that repeatedly slow code costs one handover a second. That pool grows
 * when all of its threads are stuck, because callers' code may depend on other callers' code. Tasks of the library
 * never run there, so that no deadline, timeout or turn waits for callers' code. Tasks that may call a listener or an
 * executor run with the role lent, and short ones run on the leader itself.
 *
 * <p><b>Life cycle.</b> The thread starts with the first timer, and ends after ten seconds without a timer. The next
 * timer starts another thread. All threads are {@link OwnThreads}: daemons that inherit nothing. So the class loaders
 * of the library, and of the application that added the first timer, can be collected about ten seconds after the last
 * timer.
 *
 * <p>A task that throws does not delay others. Its exception goes to the thread's handler of uncaught exceptions, which
 * by default prints it. {@link Handover} runs a task on another thread.
 */
final class TimerThread {

    /**
     * The length of the queue's parts, and the maximum number of timers to take in before due ones run, and the
     * reverse.
     */
    static final int BATCH = 1024;

    private static final int SPINS = 1_000;
    private static final long SHARED_IDLE_NANOS = 10_000_000_000L;
    private static final long PATIENCE_NANOS = 500_000;
    private static final long POOLED_NANOS = 1_000_000_000;

    /** The value of {@link #wakeAt} while the leader is awake. No instant is before it. */
    private static final long AWAKE = Long.MIN_VALUE;

    private static final VarHandle WAKE_AT;

    static {
        try {
            WAKE_AT = MethodHandles.lookup().findVarHandle(TimerThread.class, "wakeAt", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * The variant of the queue without {@code sun.misc.Unsafe}, which newer JDKs warn of and will remove.
     */
    final MpscUnboundedAtomicArrayQueue<Timer> news = new MpscUnboundedAtomicArrayQueue<>(BATCH);

    private final Timeline timeline = new Timeline();
    private final ThreadFactory threads;
    private final DeputyThread deputy;

    /** The loop of the leader, which no other thread runs. */
    final LeaderLoop leading;

    /**
     * Held while a first leader is started, so that no caller relies on a leader that cannot start; and while the last
     * one ends.
     */
    private final ReentrantLock coming = new ReentrantLock();

    private volatile @Nullable Thread leader;
    private volatile long wakeAt = AWAKE;

    /** Creates a timer without a thread, which starts with the first task. */
    TimerThread(String name, long idleNanos) {
        this(task -> OwnThreads.unstarted(name, task), idleNanos, PATIENCE_NANOS, POOLED_NANOS);
    }

    /**
     * Creates a timer without a thread.
     *
     * @param patience the time that a leader may be away while another timer is due
     * @param pooledNanos the time for which callers' code runs on other threads after a leader was away for longer
     */
    TimerThread(ThreadFactory threads, long idleNanos, long patience, long pooledNanos) {
        this.threads = threads;
        this.deputy = new DeputyThread(threads, () -> run(false), timeline, patience, idleNanos);
        this.leading = new LeaderLoop(
                this, deputy, timeline, new CallThreads(threads, idleNanos, this), idleNanos, pooledNanos);
    }

    /** Returns the only instance of this process. */
    static TimerThread shared() {
        return Shared.INSTANCE;
    }

    // Callers

    /** Schedules a short task of the library, which runs on this thread when a time source has reached an instant. */
    ScheduledTask wake(TimeSource time, long due, Runnable task) {
        return schedule(new Timer(this, time, due, task, Timer.Kind.SHORT));
    }

    /** Schedules a task of the library that may call callers' code. It runs with the role lent. */
    ScheduledTask schedule(TimeSource time, long due, Runnable task) {
        return schedule(new Timer(this, time, due, task, Timer.Kind.OWN));
    }

    /** Schedules callers' code, which runs when a time source has reached an instant. */
    ScheduledTask call(TimeSource time, long due, Runnable task) {
        return schedule(new Timer(this, time, due, task, Timer.Kind.CALL));
    }

    private Timer schedule(Timer timer) {
        try {
            announce(timer, timeline.firstLook(timer));
        } catch (Throwable e) {
            // No memory or no thread: the caller must not assume that the task will run.
            timer.takeTask();
            throw e;
        }
        return timer;
    }

    /** Passes a timer that is over to the leader for removal. Without a leader, the timer is in no heap. */
    void clearAway(Timer timer) {
        if (leader != null) {
            news.offer(timer);
            wakeBy(Long.MAX_VALUE);
        }
    }

    private void announce(Timer timer, long instant) {
        news.offer(timer);
        // When the queue adds a part, it publishes its index by an ordered write only, which the reads below may pass.
        VarHandle.fullFence();
        if (leader == null) {
            start();
        } else {
            wakeBy(instant);
        }
    }

    private void wakeBy(long instant) {
        long until = wakeAt;
        if (until == AWAKE) {
            if (deputy.isLent()) {
                deputy.wakeBy(news.size() >= BATCH ? AWAKE : instant);
            }
        } else if ((instant < until || news.size() >= BATCH) && WAKE_AT.compareAndSet(this, until, AWAKE)) {
            // Read only now: the leader that slept until that instant is this thread, or has been awake since.
            LockSupport.unpark(leader);
        }
    }

    private void start() {
        coming.lock();
        try {
            if (leader == null) {
                Thread thread = threads.newThread(() -> run(true));
                thread.start();
                leader = thread;
            }
        } finally {
            coming.unlock();
        }
    }

    // Called by the threads

    private void run(boolean isFirst) {
        if (isFirst ? !isLeader() : !takesOver()) {
            return;
        }
        while (leading.lead()) {
            leading.comesBack();
            if (!deputy.stepIn() || !takesOver()) {
                return;
            }
        }
    }

    /** Waits until the starter of this thread has made it the leader; returns whether it did. */
    private boolean isLeader() {
        // This takes too short a time for parking.
        for (int i = 0; i < SPINS && coming.isLocked(); i++) {
            Thread.onSpinWait();
        }
        coming.lock();
        try {
            return leader == Thread.currentThread();
        } finally {
            coming.unlock();
        }
    }

    private boolean takesOver() {
        if (!deputy.awaitRole()) {
            return false;
        }
        leader = Thread.currentThread();
        leading.takesOver();
        return true;
    }

    /** Publishes until when the leader sleeps. A later timer that is due before this instant wakes it. */
    void sleepsUntil(long instant) {
        wakeAt = instant;
    }

    /** Publishes that the leader is awake, and so takes in new timers itself. */
    void isAwake() {
        wakeAt = AWAKE;
    }

    /** Gives up the role; keeps it if a caller added a timer before it could see that. */
    boolean retire() {
        coming.lock();
        try {
            leader = null;
            if (news.isEmpty()) {
                return true;
            }
            leader = Thread.currentThread();
            return false;
        } finally {
            coming.unlock();
        }
    }

    /** Created on first use. */
    private static final class Shared {
        static final TimerThread INSTANCE = new TimerThread("ratelimit-timer", SHARED_IDLE_NANOS);
    }
}
