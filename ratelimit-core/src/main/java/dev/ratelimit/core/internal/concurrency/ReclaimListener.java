package dev.ratelimit.core.internal.concurrency;

/** A listener for slots that were taken back, because they were held for too long. */
@FunctionalInterface
public interface ReclaimListener {

    /**
     * Called after a slot was taken back, without a lock, by the thread that noticed: a thread that asked for a slot,
     * or the timer's thread, for which other tasks wait. An exception that it throws goes to that thread's handler of
     * uncaught exceptions.
     *
     * @param fingerprint the fingerprint of the slot's key
     * @param heldNanos the time for which it had been held, at least the lease timeout
     */
    void reclaimed(long fingerprint, long heldNanos);
}
