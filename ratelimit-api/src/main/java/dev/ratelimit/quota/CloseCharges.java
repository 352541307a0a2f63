package dev.ratelimit.quota;

/** What a reservation charges that is closed before anybody tried to commit it, because the work broke off. */
public enum CloseCharges {

    /** Nothing: all that was reserved is given back, so that only success is charged. This is the default. */
    NOTHING,

    /** All that was reserved. It is the safe choice where work that broke off costs as much as work that ended. */
    RESERVED,

    /**
     * The amount that was last reported by {@link QuotaReservation#used(long)}, nothing if none was, and also more than was
     * reserved. It is the choice for streams, whose clients may hang up when they have what they want.
     */
    LAST_REPORTED
}
