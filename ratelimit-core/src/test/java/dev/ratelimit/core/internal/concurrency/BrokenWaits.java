package dev.ratelimit.core.internal.concurrency;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A broken twin of waiting for a slot, of one key: who waits looks whether it was handed a slot, and only then leaves
 * the queue, so that it can be handed one in between.
 */
final class BrokenWaits implements Door {

    private static final class Waiting {
        private final Thread thread = Thread.currentThread();
        private volatile boolean handed;
        private volatile boolean timedOut;

        private void end() {
            timedOut = true;
            LockSupport.unpark(thread);
        }
    }

    private final ManualWakeups wakeups;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private int inUse;

    BrokenWaits(ManualWakeups wakeups) {
        this.wakeups = wakeups;
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // widens the gap that the race has to find
    public @Nullable Runnable enter(long key, int limit, long maxWaitNanos) throws InterruptedException {
        Waiting waiting = new Waiting();
        synchronized (this) {
            if (inUse < limit) {
                inUse++;
                return this::close;
            }
            if (maxWaitNanos == 0) {
                return null;
            }
            queue.add(waiting);
        }
        Wakeups.Cancellable timeout = wakeups.at(wakeups.now() + maxWaitNanos, waiting::end);
        boolean interrupted = false;
        while (!waiting.handed && !waiting.timedOut && !interrupted) {
            LockSupport.park(this);
            interrupted = Thread.interrupted();
        }
        timeout.cancel();
        if (waiting.handed) {
            return this::close;
        }
        Thread.yield();
        leave(waiting);
        if (interrupted) {
            throw new InterruptedException();
        }
        return null;
    }

    private synchronized void leave(Waiting waiting) {
        queue.remove(waiting);
    }

    private synchronized void close() {
        Waiting first = queue.poll();
        if (first == null) {
            inUse--;
        } else {
            first.handed = true;
            LockSupport.unpark(first.thread);
        }
    }

    @Override
    public synchronized int inUse(long key) {
        return inUse;
    }

    @Override
    public synchronized int waiting(long key) {
        return queue.size();
    }

    @Override
    public synchronized int keys() {
        return inUse > 0 ? 1 : 0;
    }
}
