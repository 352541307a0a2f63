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
 * One thread that runs tasks when their instants come, for all limiters of a process. Being it is a role, which one thread has
 * at a time: the leader.
 *
 * <p><b>The way of a timer.</b> Callers put new timers, and those that they have cancelled, into a queue of many producers
 * and one consumer. The leader takes them out and keeps those that are to come in a {@link TimerHeap}, which nobody else
 * touches. It sleeps until the first instant ({@link WakeUpDelay}), asks the timer's own source whether the instant has come,
 * and runs the task, or sleeps on. So no task is early by its own source, whatever that is. Callers take no lock, except to
 * start the thread.
 *
 * <p><b>Who wakes the leader.</b> Before it sleeps it says until when ({@link #wakeAt}), and then looks at the queue once
 * more; a caller first puts its timer into the queue, and then reads until when the leader sleeps. So one of the two sees
 * the other. A caller wakes it only if its timer comes before that instant, or if a batch of 1,024 has gathered in the
 * queue. Limiters hand out their instants in ascending order, so few callers pay for a wake-up, and no more than a batch of
 * cancelled timers, all of them empty, wait to be cleared away.
 *
 * <p><b>Callers' code</b> may take long, and may even wait for another timer. So the leader lends its role before it
 * runs any: if it is not back after half a millisecond, and something else is due, a {@link DeputyThread} is the leader from
 * then on, and the other one, when it comes back, is the deputy or ends. For a second after that callers' code runs on
 * {@link CallThreads}, so that code that takes long again and again costs one hand-over a second. These grow when all
 * of them are stuck: callers' code may wait for more of its kind. Tasks of the library's own never go there, so that no
 * deadline, timeout or turn waits for callers' code; those that may come to a listener or an executor run with the role
 * lent, and short ones on the leader itself.
 *
 * <p><b>Its life.</b> It starts with the first timer, and ends when none has been left for ten seconds; the next timer
 * starts another one. All threads are {@link OwnThreads}: daemons that inherit nothing. So the library's class loader, and that
 * of the application which asked first, are free some ten seconds after the last timer.
 *
 * <p>A task that throws delays none; the exception goes to its thread's handler of uncaught exceptions, which by default prints
 * it, and which an application already has if it wants to know of such things. {@link Handover} is the way to another thread.
 */
final class TimerThread {

    /** The length of the queue's parts; how many timers are taken in, or run, before the other of the two is looked at. */
    static final int BATCH = 1024;

    private static final int SPINS = 1_000;
    private static final long SHARED_IDLE_NANOS = 10_000_000_000L;
    private static final long PATIENCE_NANOS = 500_000;
    private static final long POOLED_NANOS = 1_000_000_000;

    /** The instant until which a leader that does not sleep sleeps; nothing comes before it. */
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
     * The form of the queue that does without {@code sun.misc.Unsafe}, which newer JDKs warn of and will remove.
     */
    final MpscUnboundedAtomicArrayQueue<Timer> news = new MpscUnboundedAtomicArrayQueue<>(BATCH);

    private final Timeline timeline = new Timeline();
    private final ThreadFactory threads;
    private final DeputyThread deputy;

    /** What the leader does, and nobody else. */
    final LeaderLoop leading;

    /** Held while a first leader is started, so that nobody relies on one that cannot be; and while the last one goes. */
    private final ReentrantLock coming = new ReentrantLock();

    private volatile @Nullable Thread leader;
    private volatile long wakeAt = AWAKE;

    /** Creates it without a thread, which starts with the first timer. */
    TimerThread(String name, long idleNanos) {
        this(task -> OwnThreads.unstarted(name, task), idleNanos, PATIENCE_NANOS, POOLED_NANOS);
    }

    /**
     * Creates it without a thread.
     *
     * @param patience how long a leader may be away while something else is due
     * @param pooledNanos how long callers' code runs on other threads after one was away for longer
     */
    TimerThread(ThreadFactory threads, long idleNanos, long patience, long pooledNanos) {
        this.threads = threads;
        this.deputy = new DeputyThread(threads, () -> run(false), timeline, patience, idleNanos);
        this.leading = new LeaderLoop(
                this, deputy, timeline, new CallThreads(threads, idleNanos, this), idleNanos, pooledNanos);
    }

    /** The one of this process. */
    static TimerThread shared() {
        return Shared.INSTANCE;
    }

    // Callers

    /** Has a short task of the library's own run on this thread when a source of time has come to an instant. */
    ScheduledTask wake(TimeSource time, long due, Runnable task) {
        return schedule(new Timer(this, time, due, task, Timer.Kind.SHORT));
    }

    /** Has a task of the library's own run that may come to callers' code: with the role lent. */
    ScheduledTask schedule(TimeSource time, long due, Runnable task) {
        return schedule(new Timer(this, time, due, task, Timer.Kind.OWN));
    }

    /** Has callers' code run when a source of time has come to an instant. */
    ScheduledTask call(TimeSource time, long due, Runnable task) {
        return schedule(new Timer(this, time, due, task, Timer.Kind.CALL));
    }

    private Timer schedule(Timer timer) {
        try {
            announce(timer, timeline.firstLook(timer));
        } catch (Throwable e) {
            // No memory, or no thread: whoever asked must not believe that the task will run.
            timer.takeTask();
            throw e;
        }
        return timer;
    }

    /** Tells the leader of a timer that is over. Without a leader it is in nobody's heap. */
    void clearAway(Timer timer) {
        if (leader != null) {
            news.offer(timer);
            wakeBy(Long.MAX_VALUE);
        }
    }

    private void announce(Timer timer, long instant) {
        news.offer(timer);
        // When the queue adds a part, it publishes its index by an ordered write only, which the reads below may
        // overtake.
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
            // Read only now: whoever slept until that instant is this thread, or has been awake since.
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

    // The threads

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

    /** Waits until whoever started this thread has said that it is the leader. */
    private boolean isLeader() {
        // That takes a moment, in which it is not worth parking.
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

    /** Says until when the leader sleeps; what comes after that before the instant wakes it. */
    void sleepsUntil(long instant) {
        wakeAt = instant;
    }

    /** Says that the leader is awake, and looks at what is new by itself. */
    void isAwake() {
        wakeAt = AWAKE;
    }

    /** Gives the role up; keeps it if a caller put a timer in before it could see that. */
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

    /** Made when it is first used. */
    private static final class Shared {
        static final TimerThread INSTANCE = new TimerThread("ratelimit-timer", SHARED_IDLE_NANOS);
    }
}
