package dev.ratelimit.core.internal.concurrency;

/** Why somebody who asked for a slot got none. */
public enum SlotRefusal implements Admission {

    /** As many as may be were in use, until the caller's time was over. */
    TOO_MANY_CONCURRENT,

    /** As many as may be were in use, and as many waited as may wait. */
    TOO_MANY_WAITING
}
