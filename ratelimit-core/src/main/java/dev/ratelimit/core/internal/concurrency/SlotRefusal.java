package dev.ratelimit.core.internal.concurrency;

/** The reason why a request for a slot was refused. */
public enum SlotRefusal implements Admission {

    /** The maximum number of slots was in use until the caller's time was over. */
    TOO_MANY_CONCURRENT,

    /** The maximum number of slots was in use, and the maximum number of callers waited. */
    TOO_MANY_WAITING
}
