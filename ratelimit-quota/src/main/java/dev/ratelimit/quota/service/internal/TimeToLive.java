package dev.ratelimit.quota.service.internal;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.runtime.timers.Timers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The time after which a reservation is closed if no call has ended it. It closes the reservation at most once, and not
 * after the reservation has ended. A reservation without a time to live costs no timer. Thread-safe.
 */
final class TimeToLive {

    private static final Duration MAX = Duration.ofDays(365);

    private final TimesToLive all;
    private final AtomicReference<@Nullable ScheduledTask> task = new AtomicReference<>();

    TimeToLive(TimesToLive all) {
        this.all = all;
    }

    /** Sets the time from now after which a reservation expires. It replaces any time that was set before. */
    void set(Duration timeToLive, Runnable expire) {
        if (timeToLive.isZero() || timeToLive.isNegative() || timeToLive.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(
                    "timeToLive must be more than zero and at most 365 days, but was " + timeToLive);
        }
        ServiceContext surroundings = all.surroundings();
        long due = surroundings.time().nanos() + timeToLive.toNanos();
        all.begun(this);
        replace(Timers.schedule(surroundings.time(), due, () -> {
            all.ended(this);
            // The timer must not wait, so the executor calls the store.
            surroundings.executor().execute(expire);
        }));
        // A service that was closed meanwhile has not seen this task.
        if (all.isClosed()) {
            end();
        }
    }

    /** Cancels the time to live, because the reservation has ended. */
    void end() {
        if (task.get() != null) {
            replace(null);
            all.ended(this);
        }
    }

    private void replace(@Nullable ScheduledTask next) {
        ScheduledTask before = task.getAndSet(next);
        if (before != null) {
            before.cancel();
        }
    }
}
