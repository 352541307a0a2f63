package dev.ratelimit.cache;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.VirtualTimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The wait of a caller for a load, up to the caller's patience and the load's deadline.
 *
 * <p>A waiting thread watches the clock itself and needs no other thread to end its wait. So no caller hangs in a
 * process that can start no thread. A thread cannot wait for virtual time, so there the alarm ends the wait.
 */
final class LoadWait<V> {

    private final Alarm alarm;
    private final Loads<V> loads;
    private final LatestReading time;
    private final Duration deadline;
    private final boolean virtual;

    LoadWait(CacheSettings<V> settings, Alarm alarm, Loads<V> loads, LatestReading time) {
        this.alarm = alarm;
        this.loads = loads;
        this.time = time;
        this.deadline = settings.loadDeadline();
        this.virtual = settings.time() instanceof VirtualTimeSource;
    }

    /** Blocks the caller's thread until the load ends, and returns its outcome. */
    Outcome<V> await(Load<V> load, ReadOptions options, long begun) {
        Load<?> within = NestedLoads.current();
        try {
            return virtual ? stage(load, options, begun).get() : awaitByOwnClock(load, options, begun);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed<>(LoadFailedException.Reason.INTERRUPTED, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            if (within != null) {
                within.waitsFor.remove(load);
            }
        }
    }

    private Outcome<V> awaitByOwnClock(Load<V> load, ReadOptions options, long begun)
            throws InterruptedException, ExecutionException {
        CompletableFuture<Outcome<V>> outcome = load.outcome();
        if (outcome.isDone()) {
            return outcome.get();
        }
        long now = time.now();
        Duration patience = options.patience();
        long untilDeadline = Durations.nanos(deadline) - (now - load.startedAt);
        long untilImpatient = patience == null ? Long.MAX_VALUE : Durations.nanos(patience) - (now - begun);
        try {
            return outcome.get(Math.min(untilDeadline, untilImpatient), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (patience != null && untilImpatient <= untilDeadline) {
                return impatient(patience);
            }
            loads.overdue(load);
            // The load may still be open if a result has just arrived and is being kept.
            return outcome.getNow(
                    new Outcome.Failed<>(LoadFailedException.Reason.DEADLINE, Retention.overdue(deadline)));
        }
    }

    /**
     * Returns a stage of the outcome, which completes at the end of the caller's patience at the latest. Cancelling the
     * stage cancels nothing else.
     */
    CompletableFuture<Outcome<V>> stage(Load<V> load, ReadOptions options, long begun) {
        CompletableFuture<Outcome<V>> outcome = load.outcome();
        @Nullable Duration patience = options.patience();
        if (patience == null || outcome.isDone()) {
            return outcome;
        }
        CompletableFuture<Outcome<V>> mine = outcome.copy();
        long left = Math.max(0, Durations.nanos(patience) - (time.now() - begun));
        ScheduledTask end = alarm.after(left, () -> mine.complete(impatient(patience)));
        return mine.whenComplete((done, failure) -> end.cancel());
    }

    private static <V> Outcome<V> impatient(Duration patience) {
        return new Outcome.Failed<>(
                LoadFailedException.Reason.IMPATIENT, new TimeoutException("not loaded within " + patience));
    }
}
