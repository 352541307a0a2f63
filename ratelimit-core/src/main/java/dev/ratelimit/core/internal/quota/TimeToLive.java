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

    private final TimesToLive all;
    private final AtomicReference<@Nullable ScheduledTask> task = new AtomicReference<>();

    TimeToLive(TimesToLive all) {
        this.all = all;
    }

    /** Has a reservation expire after a time from now, in place of any time that was set before. */
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
            // The timer waits for nobody: the store is called elsewhere.
            surroundings.executor().execute(expire);
        }));
        // A service that was closed meanwhile has not seen this task.
        if (all.isClosed()) {
            end();
        }
    }

    /** Takes the time back, because the reservation has ended. */
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
