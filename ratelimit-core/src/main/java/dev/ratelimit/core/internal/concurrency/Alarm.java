package dev.ratelimit.core.internal.concurrency;

import org.jspecify.annotations.Nullable;

/** The wake-up that a stripe has asked for, or is about to, at the earliest of its deadlines. */
final class Alarm {

    final long instant;

    private volatile Wakeups.@Nullable Cancellable task;
    private volatile boolean superseded;

    Alarm(long instant) {
        this.instant = instant;
    }

    void set(Wakeups wakeups, Runnable ring) {
        Wakeups.Cancellable set = wakeups.at(instant, ring);
        task = set;
        if (superseded) {
            set.cancel();
        }
    }

    /** Another one comes earlier. The thread that was to set this one may not have come to it yet. */
    void supersede() {
        superseded = true;
        Wakeups.Cancellable set = task;
        if (set != null) {
            set.cancel();
        }
    }
}
