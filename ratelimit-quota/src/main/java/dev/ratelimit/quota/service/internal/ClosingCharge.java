package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.CloseCharges;
import java.util.Objects;

/** The amount that a reservation charges if it is closed without a commit. Thread-safe. */
final class ClosingCharge {

    private final long reserved;
    private volatile CloseCharges choice;
    private volatile long reported;

    ClosingCharge(long reserved, CloseCharges choice) {
        this.reserved = reserved;
        this.choice = choice;
    }

    void choose(CloseCharges choice) {
        this.choice = Objects.requireNonNull(choice, "choice");
    }

    /** Sets the amount that the caller has used so far. */
    void report(long soFar) {
        if (soFar < 0) {
            throw new IllegalArgumentException("soFar must be at least 0, but was " + soFar);
        }
        reported = soFar;
    }

    long amount() {
        return switch (choice) {
            case NOTHING -> 0;
            case RESERVED -> reserved;
            case LAST_REPORTED -> reported;
        };
    }
}
