package dev.ratelimit.core.internal.concurrency;

/** Why somebody who asked for a slot got none. */
public enum NoSlot implements Admission {

    /** As many as may be were in use, until the caller's time was over. */
    TOO_MANY_AT_ONCE,

    /** As many as may be were in use, and as many waited as may wait. */
    TOO_MANY_WAITING
}
