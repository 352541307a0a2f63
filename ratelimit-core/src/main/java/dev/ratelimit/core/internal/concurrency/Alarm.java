package dev.ratelimit.core.internal.concurrency;

import org.jspecify.annotations.Nullable;

/** The wake-up of a stripe at the earliest of its deadlines, which it has requested or is about to request. */
final class Alarm implements Runnable {

    private final Stripe stripe;

    /** Guarded by the stripe's lock. An alarm that has rung is set again, so that the next one needs no memory. */
    long instant;

    private volatile Wakeups.@Nullable Cancellable task;
    private volatile boolean superseded;
    private volatile boolean lost;

    Alarm(Stripe stripe, long instant) {
        this.stripe = stripe;
        this.instant = instant;
    }

    /** Requests the wake-up at its instant. The caller holds no lock. */
    void set(Wakeups wakeups, long at) {
        boolean isSet = false;
        try {
            Wakeups.Cancellable set = wakeups.at(at, this);
            task = set;
            isSet = true;
            if (superseded) {
                set.cancel();
            }
        } finally {
            lost = !isSet;
        }
    }

    /**
     * Cancels this alarm, because another one is earlier. The thread that must set this one may not have done so yet.
     */
    void supersede() {
        superseded = true;
        Wakeups.Cancellable set = task;
        if (set != null) {
            set.cancel();
        }
    }

    /** Returns whether there will be no wake-up, because requesting it or handling it has failed. */
    boolean isLost() {
        return lost;
    }

    @Override
    public void run() {
        boolean hasRung = false;
        try {
            stripe.ring(this);
            hasRung = true;
        } finally {
            // A plain write, which cannot fail. Ringing failed before it changed anything.
            if (!hasRung) {
                lost = true;
            }
        }
    }
}
