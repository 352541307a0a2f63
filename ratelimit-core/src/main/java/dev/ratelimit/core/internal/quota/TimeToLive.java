package dev.ratelimit.core.internal.quota;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.core.internal.waiting.Timers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * When a reservation is closed that nobody has ended: at most once, and not after it has ended. A reservation without
 * it costs no timer. Thread-safe.
 */
final class TimeToLive {

    private static final Duration MAX = Duration.ofDays(365);

    private final ServiceContext surroundings;
    private final AtomicReference<@Nullable ScheduledTask> task = new AtomicReference<>();

    TimeToLive(ServiceContext surroundings) {
        this.surroundings = surroundings;
    }

    /** Has a reservation expire after a time from now, in place of any time that was set before. */
    void set(Duration timeToLive, Runnable expire) {
        if (timeToLive.isZero() || timeToLive.isNegative() || timeToLive.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(
                    "timeToLive must be more than zero and at most 365 days, but was " + timeToLive);
        }
        long due = surroundings.time().nanos() + timeToLive.toNanos();
        // The timer waits for nobody: the store is called elsewhere.
        replace(Timers.schedule(
                surroundings.time(), due, () -> surroundings.executor().execute(expire)));
    }

    /** Takes the time back, because the reservation has ended. */
    void end() {
        if (task.get() != null) {
            replace(null);
        }
    }

    private void replace(@Nullable ScheduledTask next) {
        ScheduledTask before = task.getAndSet(next);
        if (before != null) {
            before.cancel();
        }
    }
}
