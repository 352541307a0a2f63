package dev.ratelimit.core.internal.concurrency;

/**
 * The result of a request for a slot: a {@link Slot}, or the reason of its {@linkplain SlotRefusal refusal}.
 */
public sealed interface Admission permits Slot, SlotRefusal {}
