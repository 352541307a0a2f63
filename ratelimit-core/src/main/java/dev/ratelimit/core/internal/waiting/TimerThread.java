package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * One thread that runs tasks when their instants come, for all limiters of a process.
 *
 * <p><b>The way of a timer.</b> Callers put new timers, and those that they have cancelled, into a queue of many producers
 * and one consumer. The thread takes them out and keeps those that are to come in a {@link TimerHeap}, which nobody else
 * touches. It sleeps until the first instant ({@link Oversleep}), asks the timer's own source whether the instant has come,
 * and runs the task, or sleeps on. So no task is early by its own source, whatever that is. Callers take no lock.
 *
 * <p><b>Who wakes the thread.</b> Before it sleeps it says until when ({@link #wakeAt}), and then looks at the queue once
 * more; a caller first puts its timer into the queue, and then reads until when the thread sleeps. So one of the two sees
 * the other. A caller wakes it only if its timer comes before that instant, or if a batch of 1,024 has gathered in the
 * queue. Limiters hand out their instants in ascending order, so few callers pay for a wake-up, and no more than a batch of
 * cancelled timers, all of them empty, wait to be cleared away.
 *
 * <p><b>Its life.</b> It starts with the first timer, and ends when none has been left for ten seconds; the next timer
 * starts another one. It is a daemon, has no context class loader, and inherits no values of the thread that started it. So
 * the library's class loader, and that of whoever asked first, are free ten seconds after the last timer.
 *
 * <p><b>Tasks</b> run on this thread, one after the other: one that takes long delays all others by as long. One that throws
 * delays none; the exception goes to the thread's handler of uncaught exceptions, which by default prints it, and which
 * an application already has if it wants to know of such things. {@link Handover} is the way to another thread.
 */
final class TimerThread {

    private static final TimeSource SYSTEM = TimeSource.system();

    /** The length of the queue's parts; how many timers are taken in, or run, before the other of the two is looked at. */
    private static final int BATCH = 1024;

    private static final long SHARED_IDLE_NANOS = 10_000_000_000L;
    private static final int SPINS = 200;
    private static final long ASIDE_NANOS = 10_000;

    /** The instant until which a thread that does not sleep sleeps; nothing comes before it. */
    private static final long AWAKE = Long.MIN_VALUE;

    /** No instant is so long ago, 146 years; one that seems to be is beyond what fits. */
    private static final long LONG_AGO = Long.MIN_VALUE / 2;

    private static final VarHandle WORKER;
    private static final VarHandle WAKE_AT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WORKER = lookup.findVarHandle(TimerThread.class, "worker", Thread.class);
            WAKE_AT = lookup.findVarHandle(TimerThread.class, "wakeAt", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Where instant zero is, so that readings that wrap become numbers, in an order. */
    private final long origin = -Instants.left(SYSTEM, 0);

    private final String name;
    private final long idleNanos;

    /**
     * The form of the queue that does without {@code sun.misc.Unsafe}, which newer JDKs warn of and will remove.
     */
    final MpscUnboundedAtomicArrayQueue<Timer> news = new MpscUnboundedAtomicArrayQueue<>(BATCH);

    /** Touched by the current thread only; a new one takes over by the exchange of {@link #worker}. */
    final TimerHeap heap = new TimerHeap();

    private final Oversleep oversleep = new Oversleep();
    private int spins;
    private volatile @Nullable Thread worker;
    private volatile long wakeAt = AWAKE;

    /** Creates it without a thread, which starts with the first timer. */
    TimerThread(String name, long idleNanos) {
        this.name = name;
        this.idleNanos = idleNanos;
    }

    /** The one of this process. */
    static TimerThread shared() {
        return Shared.INSTANCE;
    }

    /** Has a task run on this thread when a source of time has come to an instant. */
    ScheduledTask schedule(TimeSource time, long due, Runnable task) {
        Timer timer = new Timer(this, time, due, task);
        try {
            announce(timer, firstLook(timer));
        } catch (Throwable e) {
            // No memory, or no thread: whoever asked must not believe that the task will run.
            timer.takeTask();
            throw e;
        }
        return timer;
    }

    /** Tells the thread of a timer that is over. */
    void clearAway(Timer timer) {
        announce(timer, Long.MAX_VALUE);
    }

    // Callers

    private void announce(Timer timer, long instant) {
        news.offer(timer);
        // When the queue adds a part, it publishes its index by an ordered write only, which the reads below may
        // overtake.
        VarHandle.fullFence();
        if (worker == null) {
            start();
            return;
        }
        long until = wakeAt;
        if (until != AWAKE && (instant < until || news.size() >= BATCH) && WAKE_AT.compareAndSet(this, until, AWAKE)) {
            // Read only now: whoever slept until that instant is this thread, or has been awake since.
            LockSupport.unpark(worker);
        }
    }

    private void start() {
        Thread thread = new Thread(null, this::run, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        if (WORKER.compareAndSet(this, null, thread)) {
            try {
                thread.start();
            } catch (Throwable e) {
                worker = null;
                throw e;
            }
        }
    }

    // The thread itself

    private void run() {
        boolean isAlive = true;
        while (isAlive) {
            try {
                // What is new comes first, so that it takes its turn by its instant among those that are late.
                isAlive = takeIn() + fire() > 0 || pause();
            } catch (Throwable e) {
                // The heap could not grow. What is new stays in the queue, and is tried again; what is due goes on.
                report(e);
                fire();
                LockSupport.parkNanos(this, ASIDE_NANOS);
            }
        }
    }

    /** Takes a batch at most out of the queue; returns how many. */
    private int takeIn() {
        int count = 0;
        while (count < BATCH) {
            heap.reserve();
            // Not the kind of poll that waits for a caller who is just about to put one in: others may be due.
            Timer timer = news.relaxedPoll();
            if (timer == null) {
                return count;
            }
            if (timer.isOver()) {
                heap.remove(timer);
            } else {
                heap.add(timer, firstLook(timer));
            }
            count++;
        }
        return count;
    }

    /** Runs what is due, a batch at most; returns how many timers it looked at. */
    private int fire() {
        long now = in(0);
        int count = 0;
        while (count < BATCH && heap.earliest() <= now) {
            lookAt(heap.removeFirst());
            count++;
        }
        return count;
    }

    /** Runs a timer whose instant has come by its own source. */
    private void lookAt(Timer timer) {
        try {
            long left = timer.left();
            if (left > 0) {
                heap.add(timer, in(timer.nap(left)));
            } else {
                timer.run();
            }
        } catch (Throwable e) {
            report(e);
        }
    }

    /** Sleeps until the first instant or until a caller says so; returns false if the thread is to end. */
    private boolean pause() {
        heap.trim();
        boolean isIdle = heap.isEmpty();
        long now = in(0);
        long until = isIdle ? now + idleNanos : heap.earliest();
        wakeAt = until;
        if (news.isEmpty()) {
            oversleep.rest(this, until - now);
        } else {
            stepAside();
        }
        wakeAt = AWAKE;
        // An interrupt would make every later park return at once; nobody has a reason to send one.
        Thread.interrupted();
        return !isIdle || in(0) < until || !retire();
    }

    /** A caller has a place in the queue, and has not filled it yet: it will in a moment, if it runs. */
    private void stepAside() {
        if (++spins % SPINS == 0) {
            LockSupport.parkNanos(this, ASIDE_NANOS);
        } else {
            Thread.onSpinWait();
        }
    }

    /** Gives the place of the worker up; takes it again if a caller put a timer in before it could see that. */
    private boolean retire() {
        worker = null;
        return news.isEmpty() || !WORKER.compareAndSet(this, null, Thread.currentThread());
    }

    /** The instant at which to look at a new timer: exactly its own, if it goes by the system's time, so that the order holds. */
    private long firstLook(Timer timer) {
        if (timer.time == SYSTEM) {
            long instant = timer.due - origin;
            return instant < LONG_AGO ? Long.MAX_VALUE : instant;
        }
        long left = timer.left();
        return in(left > 0 ? Nap.nanos(timer.time, left, 0) : left);
    }

    /** The instant after so many nanoseconds from now. */
    private long in(long nanos) {
        return nanos - Instants.left(SYSTEM, origin);
    }

    private static void report(Throwable thrown) {
        Thread me = Thread.currentThread();
        try {
            me.getUncaughtExceptionHandler().uncaughtException(me, thrown);
        } catch (Throwable e) {
            // A handler that throws cannot be told of it.
        }
    }

    /** Made when it is first used. */
    private static final class Shared {
        static final TimerThread INSTANCE = new TimerThread("ratelimit-timer", SHARED_IDLE_NANOS);
    }
}
