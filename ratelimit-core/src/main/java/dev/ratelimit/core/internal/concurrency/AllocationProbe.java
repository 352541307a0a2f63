package dev.ratelimit.core.internal.concurrency;

/**
 * Asked before each object that is allocated under the lock of a stripe, so that a test can let any of them fail.
 *
 * <p>As nothing else extends this class, the compiler leaves nothing of the call.
 */
class AllocationProbe {

    static final AllocationProbe PLENTY = new AllocationProbe();

    /** Throws what an allocation throws. */
    void ask() {}
}
