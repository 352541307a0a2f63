package dev.ratelimit.core.internal.cells;

/** The check of a number of permits, before anything changes. */
public final class Permits {

    private Permits() {}

    /** Fails if the number is below one. */
    public static void check(long permits) {
        if (permits <= 0) {
            throw new IllegalArgumentException("permits must be at least 1, but was " + permits);
        }
    }

    /** Fails if no single call can have taken so many. */
    public static void checkRefund(long permits, long capacity) {
        check(permits);
        if (permits > capacity) {
            throw new IllegalArgumentException(
                    "at most the capacity of " + capacity + " permits can be given back at once, but was " + permits);
        }
    }
}
