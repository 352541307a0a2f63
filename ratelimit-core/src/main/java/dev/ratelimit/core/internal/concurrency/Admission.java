package dev.ratelimit.core.internal.concurrency;

/** The result of a request for a slot: a {@link Slot}, or the reason of its {@linkplain Refusal refusal}. */
public sealed interface Admission permits Slot, Admission.Refusal {

    /** The reason why a request for a slot was refused. */
    enum Refusal implements Admission {

        /** The maximum number of slots was in use until the caller's time was over. */
        TOO_MANY_CONCURRENT,

        /** The maximum number of slots was in use, and the maximum number of callers waited. */
        TOO_MANY_WAITING
    }
}
