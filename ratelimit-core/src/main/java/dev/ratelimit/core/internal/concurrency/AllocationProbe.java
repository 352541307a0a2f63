package dev.ratelimit.core.internal.concurrency;

/**
 * A hook that is called before each allocation under the lock of a stripe, so that a test can make any of them fail.
 *
 * <p>As no class extends it in production, the compiler removes the call.
 */
class AllocationProbe {

    static final AllocationProbe PLENTY = new AllocationProbe();

    /** In a test, throws the error of a failed allocation. */
    void ask() {}
}
