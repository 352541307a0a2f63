package dev.ratelimit.core.internal.concurrency;

/** Memory of which one allocation fails, by its number from now. */
final class FailingMemory extends AllocationProbe {

    private int left;
    private boolean isGone;

    /** Lets the allocation with a number fail, from 1; with zero, none. */
    void failAt(int number) {
        left = number;
    }

    /** Lets every allocation fail, or none. */
    void setGone(boolean gone) {
        isGone = gone;
    }

    /** Whether that allocation was never asked for; from now on none fails. */
    boolean isSpared() {
        boolean spared = left > 0;
        left = 0;
        return spared;
    }

    @Override
    void ask() {
        if (isGone || (left > 0 && --left == 0)) {
            throw new OutOfMemoryError("of the test");
        }
    }
}
