package dev.ratelimit.jdbc;

import dev.ratelimit.quota.spi.Counter;
import java.time.Instant;

/** Instants in the form of the tables: milliseconds since 1970, rounded up. */
final class Expiry {

    private Expiry() {}

    /** Returns the expiry of a counter. */
    static long millis(Counter counter) {
        return roundedUp(counter.expires());
    }

    /** The first millisecond that is not before an instant, or the last there is. */
    static long roundedUp(Instant instant) {
        try {
            long millis = instant.toEpochMilli();
            return Instant.ofEpochMilli(millis).equals(instant) ? millis : Math.addExact(millis, 1);
        } catch (ArithmeticException e) {
            return instant.isAfter(Instant.EPOCH) ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
    }
}
