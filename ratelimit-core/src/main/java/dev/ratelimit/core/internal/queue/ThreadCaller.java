package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import dev.ratelimit.TimeSource;
import dev.ratelimit.runtime.timers.Sleep;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread that is parked until its turn.
 *
 * <p>On the system's time, it wakes on its own when its turn is expected, because a wake-up by another thread would
 * take longer. For any other time source, a timer wakes it.
 */
final class ThreadCaller implements Caller {

    private final Thread thread = Thread.currentThread();
    private final @Nullable TurnAlarm alarm;

    /** The instant at which to wake, if it wakes on its own. */
    private final AtomicReference<@Nullable Instant> expected = new AtomicReference<>();

    /** A reading of the system's time. */
    private record Instant(long nanos) {}

    private @Nullable Waiter waiter;
    private volatile @Nullable Decision answer;

    /** Creates the caller of the current thread. */
    ThreadCaller(TimeSource time) {
        this.alarm = time == TimeSource.system() ? null : new TurnAlarm(time, this::ring);
    }

    /**
     * Waits for the turn of a place in a queue.
     *
     * @throws InterruptedException if the thread is interrupted before its turn; it has left the queue
     */
    Decision await(Waiter place, long firstExpected) throws InterruptedException {
        waiter = place;
        boolean isOver = false;
        try {
            expect(firstExpected);
            Decision answered = answer;
            boolean isInterrupted = false;
            while (answered == null) {
                rest();
                if (Thread.interrupted()) {
                    isInterrupted = true;
                    if (place.leave()) {
                        isOver = true;
                        throw new InterruptedException();
                    }
                }
                answered = answer;
            }
            isOver = true;
            if (isInterrupted) {
                // Its turn came first: it has its permits, and stays interrupted.
                thread.interrupt();
            }
            return answered;
        } finally {
            if (alarm != null) {
                alarm.turnOff();
            }
            if (!isOver && !place.leave()) {
                place.giveBack();
            }
        }
    }

    private void rest() {
        Instant until = expected.get();
        if (until == null) {
            LockSupport.park(this);
        } else if (Sleep.isOver(until.nanos())) {
            if (expected.compareAndSet(until, null)) {
                ring();
            }
        } else {
            Sleep.rest(this, until.nanos());
        }
    }

    private void ring() {
        Waiter place = waiter;
        if (place != null) {
            place.ring();
        }
    }

    @Override
    public void expect(long instant) {
        if (alarm != null) {
            alarm.set(instant);
            return;
        }
        Instant before = expected.get();
        Instant after = new Instant(instant);
        while (before == null || instant - before.nanos() < 0) {
            if (expected.compareAndSet(before, after)) {
                wake();
                return;
            }
            before = expected.get();
        }
    }

    @Override
    public void answer(Decision decision, boolean mayRunCode) {
        answer = decision;
        wake();
    }

    private void wake() {
        if (Thread.currentThread() != thread) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public String toString() {
        return "the turn of " + thread.getName();
    }
}
