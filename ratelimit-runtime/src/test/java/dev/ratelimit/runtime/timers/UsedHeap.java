package dev.ratelimit.runtime.timers;

/** The heap in use after collections, for integration tests: it is that of the whole JVM. */
final class UsedHeap {

    private static final int COLLECTIONS = 3;

    private UsedHeap() {}

    /** Collects, and returns the bytes in use. */
    static long bytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
