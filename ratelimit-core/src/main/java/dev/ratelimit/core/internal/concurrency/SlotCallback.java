package dev.ratelimit.core.internal.concurrency;

/** Who waits for a slot, and is told what became of that: a thread that is parked, or a call that somebody left. */
sealed interface SlotCallback permits WaitingThread, WaitingCall {

    /** The wait is decided. Called without a lock, possibly more than once, by whatever thread decided. */
    void decided(Waiter waiter);
}
