package dev.ratelimit.core.internal.concurrency;

import org.jspecify.annotations.Nullable;

/** The wake-up that a stripe has asked for, or is about to, at the earliest of its deadlines. */
final class Alarm implements Runnable {

    private final Stripe stripe;

    /** Guarded by the stripe's lock. One that has rung is set anew, so that the next one needs no memory. */
    long instant;

    private volatile Wakeups.@Nullable Cancellable task;
    private volatile boolean superseded;
    private volatile boolean lost;

    Alarm(Stripe stripe, long instant) {
        this.stripe = stripe;
        this.instant = instant;
    }

    /** Asks for the wake-up at its instant; without a lock. */
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

    /** Another one comes earlier. The thread that was to set this one may not have come to it yet. */
    void supersede() {
        superseded = true;
        Wakeups.Cancellable set = task;
        if (set != null) {
            set.cancel();
        }
    }

    /** Whether there will be no wake-up, because asking for it or answering it has failed. */
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
            // By a mere write, which cannot fail, too; ringing has failed before it changed anything.
            if (!hasRung) {
                lost = true;
            }
        }
    }
}
