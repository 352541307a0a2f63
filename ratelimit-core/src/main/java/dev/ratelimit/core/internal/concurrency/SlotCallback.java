package dev.ratelimit.core.internal.concurrency;

/** A waiting call that receives the outcome of its wait for a slot: a parked thread, or an asynchronous call. */
sealed interface SlotCallback permits WaitingThread, WaitingCall {

    /** Called when the wait is decided, without a lock, possibly more than once, by the thread that decided. */
    void decided(Waiter waiter);
}
