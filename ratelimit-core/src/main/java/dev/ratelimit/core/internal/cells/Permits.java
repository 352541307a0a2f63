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
}
