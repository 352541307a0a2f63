package dev.ratelimit.jdbc;

import dev.ratelimit.TimeSource;
import dev.ratelimit.internal.OwnThreads;
import dev.ratelimit.store.Deadline;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of calls, each kept for a short time after its call.
 *
 * <p>Taking a connection from a pool may take any time, so callers do not do it on their own threads. A kept session
 * needs no wait. It goes back to the pool after {@link #HOLD}, however busy it is, so that other users of the pool wait
 * no longer than that. It goes back at once if another call of this store waits for a connection.
 */
final class Sessions implements AutoCloseable {

    private static final long HOLD = TimeUnit.MILLISECONDS.toNanos(50);

    private final Connections connections;
    private final TimeSource time = TimeSource.system();
    private final Set<HeldSession> all = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedDeque<HeldSession> inHand = new ConcurrentLinkedDeque<>();
    private final AtomicInteger taking = new AtomicInteger();
    private final Executor others;
    private final Watch watch;
    private volatile boolean closed;

    Sessions(Connections connections) {
        this.connections = connections;
        this.others = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                1,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                OwnThreads.named("ratelimit-jdbc-return", Sessions.class));
        this.watch = new Watch(this::look);
    }

    /** Takes a session, on a thread of the store, and waits as long as the pool takes. */
    HeldSession take(Deadline deadline) throws SQLException {
        taking.incrementAndGet();
        try {
            HeldSession held = inHand.pollFirst();
            if (held == null) {
                held = new HeldSession(Session.open(connections, deadline), time.nanos() + HOLD);
                all.add(held);
            }
            held.session().start(deadline);
            return held;
        } finally {
            taking.decrementAndGet();
        }
    }

    /** Takes a kept session, whose call is ended at the deadline; null if there is none. */
    @Nullable
    HeldSession takeInHand(Deadline deadline) {
        HeldSession held = inHand.pollFirst();
        if (held != null) {
            long due = time.nanos() + Math.min(deadline.remainingNanos(), Watch.FAR);
            held.begin(deadline, due);
            watch.by(due);
        }
        return held;
    }

    /** Takes a session back from the caller of {@link #take}. */
    void putBack(HeldSession held) {
        if (!keep(held)) {
            giveBack(held, Runnable::run);
        }
    }

    /**
     * Takes a session back from the caller of {@link #takeInHand}, without waiting. Returns whether its call was ended.
     */
    boolean putBackInHand(HeldSession held) {
        boolean ended = !held.finish();
        if (ended) {
            held.session().broken();
        }
        if (!keep(held)) {
            giveBack(held, others);
        }
        return ended;
    }

    private boolean keep(HeldSession held) {
        if (closed || !held.session().isClean() || held.until() - time.nanos() <= 0) {
            return false;
        }
        // The latest first, so that surplus sessions grow old.
        inHand.addFirst(held);
        watch.by(held.until());
        // A call that takes a session after this check finds it. A call that found none before must not wait for it.
        return (taking.get() == 0 && !closed) || !inHand.remove(held);
    }

    private void giveBack(HeldSession held, Executor executor) {
        all.remove(held);
        try {
            executor.execute(held.session()::close);
        } catch (OutOfMemoryError e) {
            // No thread could be started: a short wait is better than a connection that the pool loses.
            held.session().close();
        }
    }

    private long look(long now) {
        long next = Watch.FAR;
        for (HeldSession held : all) {
            next = Math.min(next, held.endIfLate(now));
            if (held.until() - now > 0) {
                next = Math.min(next, held.until() - now);
            } else if (inHand.remove(held)) {
                giveBack(held, others);
            }
        }
        return next;
    }

    /** Gives all kept sessions back, and keeps none from now on. */
    @Override
    public void close() {
        closed = true;
        for (HeldSession held = inHand.poll(); held != null; held = inHand.poll()) {
            giveBack(held, Runnable::run);
        }
    }

    /** Stops the watch, so that no more calls are ended. */
    void endWatch() {
        watch.close();
    }
}
