package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Rate;

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
    public static void checkRefund(long permits, Rate rate) {
        check(permits);
        if (permits > rate.capacity()) {
            throw new IllegalArgumentException("at most the capacity of " + rate.capacity()
                    + " permits can be given back at once, but was " + permits);
        }
    }
}
