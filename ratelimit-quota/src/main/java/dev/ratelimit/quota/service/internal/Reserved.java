package dev.ratelimit.quota.service.internal;

/**
 * The end of a reservation: how its amount is corrected when it ends. {@link StoreReservation} is what its caller sees.
 */
sealed interface Reserved permits CountedReservation, HandedReservation {

    /** Returns whether it has ended, so that its time to live needs no timer. */
    boolean isOver();

    /** Charges the amount that was used. Returns false if it has ended otherwise. */
    boolean commit(long actual);

    /** Gives the amount back. Returns false if it has ended otherwise, or was committed. */
    boolean cancel();

    /** Ends it without a commit, or completes a commit that failed. Throws nothing if the store does not answer. */
    void close();

    /** Closes it because its time to live is over. A later commit charges its whole amount. */
    void expire();

    /** Ends it here, and returns the handle by which another object ends it. */
    String handle();
}
