package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.WindowBounds;
import dev.ratelimit.quota.spi.Counter;
import java.time.Instant;

/** Counters that a quota has beside those of what was used. They start before the year 0, so no list of use has them. */
enum SideCounters {
    /** What a key was given on top of a lifetime quota. */
    CREDIT("credit"),
    /** By how much a reservation that was handed over ended. */
    HANDLE("handle");

    private static final Instant START = WindowBounds.ENDLESS.start().minusSeconds(1);

    private final String length;

    SideCounters(String length) {
        this.length = length;
    }

    Counter counter(String quota, String subject, Instant expires) {
        return Counter.window(quota, length, START, expires).of(subject);
    }
}
