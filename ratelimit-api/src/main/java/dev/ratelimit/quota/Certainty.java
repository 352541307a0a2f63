package dev.ratelimit.quota;

/** What is known of an operation on a counter that failed. */
public enum Certainty {

    /** It was certainly not counted. */
    NOT_APPLIED,

    /** It may have been counted. An amount asked for is then to be taken as spent, and one given back as not given. */
    INDETERMINATE
}
