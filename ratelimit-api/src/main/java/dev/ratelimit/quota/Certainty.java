package dev.ratelimit.quota;

/** Says whether a failed operation on a counter may have been applied. */
public enum Certainty {

    /** The operation was certainly not applied. */
    NOT_APPLIED,

    /**
     * The operation may have been applied. The caller should treat a requested amount as spent, and a refund as not
     * done.
     */
    INDETERMINATE
}
