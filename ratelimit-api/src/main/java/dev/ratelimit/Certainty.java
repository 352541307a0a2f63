package dev.ratelimit;

/** Says whether a failed operation of a store may have been applied. */
public enum Certainty {

    /** The operation was certainly not applied. */
    NOT_APPLIED,

    /**
     * The operation may have been applied. The caller should treat a requested amount as spent, and a refund as not
     * done.
     */
    INDETERMINATE
}
