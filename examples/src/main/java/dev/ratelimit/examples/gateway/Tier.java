package dev.ratelimit.examples.gateway;

import dev.ratelimit.Rate;
import java.time.Duration;
import java.util.Locale;

/** A tier is a class of clients that are promised the same rate, each for itself. */
enum Tier {
    PLATINUM(1000),
    GOLD(500),
    OTHERS(100);

    /** Room for the unevenness of honest traffic, and no more: a full second's worth would hide the limit in a plot. */
    static final Duration BURST_WINDOW = Duration.ofMillis(100);

    private final long perSecond;

    Tier(long perSecond) {
        this.perSecond = perSecond;
    }

    long perSecond() {
        return perSecond;
    }

    /** Returns the rate of each client of this tier. */
    Rate rate() {
        return Rate.perSecond(perSecond).burstWindow(BURST_WINDOW);
    }

    /** Returns the tier's name as it is printed. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
