package dev.ratelimit.core.internal.quota;

import dev.ratelimit.core.internal.breaker.BreakerListener;
import dev.ratelimit.core.internal.waiting.Timers;
import dev.ratelimit.quota.spi.Deadline;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Outcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Has the store count what a service admitted without it, as soon as the store is back.
 *
 * <p>While something is owed, a task of the timer tries from time to time, on the service's own thread; the end of an outage is a
 * reason to try at once. On a store that remembers operations an adjustment that was sent without an answer comes again
 * under its id, and counts once; on any other it may count twice, and never less than once.
 *
 * <p>Thread-safe; only one thread posts at a time.
 */
final class Posting implements BreakerListener {

    private static final long FIRST_PAUSE_NANOS = 100_000_000;
    private static final long MAX_PAUSE_NANOS = 2_000_000_000;

    private final Owed owed;
    private final StoreCalls calls;
    private final InstantSource clock;
    private final Surroundings surroundings;
    private final ReentrantLock turn = new ReentrantLock();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    Posting(Owed owed, StoreCalls calls, InstantSource clock, Surroundings surroundings) {
        this.owed = owed;
        this.calls = calls;
        this.clock = clock;
        this.surroundings = surroundings;
    }

    /** Says that something is owed now. */
    void soon() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            schedule(FIRST_PAUSE_NANOS);
        }
    }

    @Override
    public void opened(Throwable cause) {}

    @Override
    public void closed(Duration open) {
        run(this::all);
    }

    private void all() {
        all(calls.deadline(), calls::deadline);
    }

    /** Posts what is owed until nothing is, a call fails, or a deadline passes that all calls have in common. */
    void all(Deadline deadline) {
        all(deadline, () -> deadline);
    }

    /** Waits up to a deadline for a thread that posts already. */
    private void all(Deadline deadline, Supplier<Deadline> ofEachCall) {
        if (!hasTurn(deadline)) {
            return;
        }
        try {
            boolean sound = true;
            while (sound && calls.permits()) {
                List<Adjust> next = owed.next(calls.maxBatch(), clock.millis(), calls::idToRepeat);
                if (next.isEmpty()) {
                    return;
                }
                sound = post(next, ofEachCall.get());
            }
        } finally {
            turn.unlock();
        }
    }

    private boolean hasTurn(Deadline deadline) {
        try {
            return turn.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean post(List<Adjust> adjusts, Deadline deadline) {
        List<Outcome> outcomes = calls.apply(List.<Operation>copyOf(adjusts), deadline);
        boolean all = true;
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Failed) {
                all = false;
            } else {
                owed.counted(adjusts.get(i), clock.millis());
            }
        }
        return all;
    }

    private void schedule(long pauseNanos) {
        Timers.schedule(
                surroundings.time(), surroundings.time().nanos() + pauseNanos, () -> run(() -> again(pauseNanos)));
    }

    private void again(long pauseNanos) {
        all();
        if (owed.size() > 0) {
            schedule(Math.min(MAX_PAUSE_NANOS, 2 * pauseNanos));
            return;
        }
        scheduled.set(false);
        if (owed.size() > 0) {
            soon();
        }
    }

    private void run(Runnable task) {
        try {
            surroundings.executor().execute(task);
        } catch (Error e) {
            // No thread could be started for it.
            task.run();
        }
    }
}
