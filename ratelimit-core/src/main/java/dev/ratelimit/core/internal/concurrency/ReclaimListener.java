package dev.ratelimit.core.internal.concurrency;

/** Who is told of slots that were taken back, because they were held for too long. */
@FunctionalInterface
public interface ReclaimListener {

    /**
     * A slot was taken back. Called after that, without a lock, by the thread that noticed: one that asked for a slot,
     * or that of the timer, which others wait for. What it throws goes to that thread's handler of uncaught
     * exceptions.
     *
     * @param fingerprint whose slot it was
     * @param heldNanos for how long it had been held, at least the lease timeout
     */
    void reclaimed(long fingerprint, long heldNanos);
}
