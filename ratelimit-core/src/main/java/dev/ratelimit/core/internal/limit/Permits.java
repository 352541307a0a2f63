package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Rate;

/** The check of a number of permits, before anything changes. */
final class Permits {

    private Permits() {}

    static void check(long permits) {
        if (permits <= 0) {
            throw new IllegalArgumentException("permits must be at least 1, but was " + permits);
        }
    }

    static void checkRefund(long permits, Rate rate) {
        check(permits);
        if (permits > rate.capacity()) {
            throw new IllegalArgumentException("at most the capacity of " + rate.capacity()
                    + " permits can be given back at once, but was " + permits);
        }
    }
}
