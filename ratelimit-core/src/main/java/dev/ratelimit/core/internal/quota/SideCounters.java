package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.WindowBounds;
import dev.ratelimit.quota.spi.Counter;
import java.time.Instant;

/** Counters that a quota has beside those of what was used. They start before the year 0, so no list of use has them. */
enum SideCounters {
    /** What a key was given on top of a lifetime quota. */
    CREDIT("credit"),
    /** What was committed of a reservation that several may end. */
    HANDLE("handle"),
    /** The second of the first try to end such a reservation. */
    SINCE("since"),
    /** How often a reservation with an idempotency key was given back. */
    ROUND("round");

    private static final Instant START = WindowBounds.ENDLESS.start().minusSeconds(1);

    private final String length;

    SideCounters(String length) {
        this.length = length;
    }

    Counter counter(String quota, String subject, Instant expires) {
        return Counter.window(quota, length, START, expires).of(subject);
    }
}
