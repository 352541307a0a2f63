package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.WindowBounds;
import dev.ratelimit.quota.spi.Counter;
import java.time.Instant;

/** The counters that a quota has beside those of usage. They start before the year 0, so no list of usage has them. */
enum SideCounters {
    /** The credit of a key on top of a lifetime quota. */
    CREDIT("credit"),
    /** The committed amount of a reservation that several objects may end. */
    HANDLE("handle"),
    /** The time, in epoch seconds, of the first try to end such a reservation. */
    SINCE("since"),
    /** The number of times that a reservation with an idempotency key was given back. */
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
