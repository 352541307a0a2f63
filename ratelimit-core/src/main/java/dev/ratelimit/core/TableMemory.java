package dev.ratelimit.core;

import java.util.function.Supplier;

/**
 * The memory of a limiter's table, which is allocated at once when the limiter is built.
 *
 * @param maxKeys how many keys the table is sized for
 * @param cellsPerKey how many cells each of them takes
 * @param maxHeap how many bytes the heap can have
 * @param usedHeap how many bytes of it are in use
 */
record TableMemory(int maxKeys, long cellsPerKey, long maxHeap, long usedHeap) {

    private static final long BYTES_PER_CELL = 24;
    private static final long MEGABYTE = 1_000_000;

    /** A large array needs whole regions side by side, or a place in an old generation of two thirds of the heap. */
    private static final double SHARE_OF_FREE = 0.6;

    /** With the heap as it is now. */
    static TableMemory now(int maxKeys, long cellsPerKey) {
        Runtime runtime = Runtime.getRuntime();
        return new TableMemory(maxKeys, cellsPerKey, runtime.maxMemory(), runtime.totalMemory() - runtime.freeMemory());
    }

    /**
     * Allocates a table. One that can never fit is not tried: there are virtual machines that end at the first
     * {@link OutOfMemoryError}.
     *
     * @throws IllegalArgumentException if it does not fit
     */
    <T> T allocate(Supplier<T> table) {
        if (bytes() > maxHeap) {
            throw tooLarge();
        }
        try {
            return table.get();
        } catch (OutOfMemoryError e) {
            IllegalArgumentException error = tooLarge();
            error.initCause(e);
            throw error;
        }
    }

    private long bytes() {
        return maxKeys * cellsPerKey * BYTES_PER_CELL;
    }

    private IllegalArgumentException tooLarge() {
        long free = Math.max(0, maxHeap - usedHeap);
        long fitting = (long) (SHARE_OF_FREE * free) / (cellsPerKey * BYTES_PER_CELL);
        return new IllegalArgumentException("maxKeys " + maxKeys + " needs a table of " + megabytes(bytes())
                + " in one piece (" + cellsPerKey * BYTES_PER_CELL + " bytes for each key), but of the heap of "
                + megabytes(maxHeap) + " only " + megabytes(free) + " are free: choose at most "
                + Math.max(1, rounded(Math.min(fitting, maxKeys - 1L))) + " keys, or a larger heap (-Xmx)");
    }

    private static String megabytes(long bytes) {
        return bytes / MEGABYTE + " MB";
    }

    /** Down to two digits. */
    private static long rounded(long keys) {
        long unit = 1;
        while (keys / unit >= 100) {
            unit *= 10;
        }
        return keys / unit * unit;
    }
}
