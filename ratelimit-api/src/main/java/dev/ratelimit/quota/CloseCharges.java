package dev.ratelimit.quota;

/** The amount that a reservation charges if it is closed before a commit was tried, because the work failed. */
public enum CloseCharges {

    /** Nothing: the whole reserved amount is given back, so that only success is charged. This is the default. */
    NOTHING,

    /** The whole reserved amount. This is the safe choice if failed work costs as much as completed work. */
    RESERVED,

    /**
     * The amount that was last reported by {@link QuotaReservation#used(long)}, or nothing if none was reported. It may
     * be more than the reserved amount. This is the choice for streams, whose clients may disconnect before the end.
     */
    LAST_REPORTED
}
