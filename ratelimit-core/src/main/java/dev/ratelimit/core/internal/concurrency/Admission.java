package dev.ratelimit.core.internal.concurrency;

/** What becomes of somebody who asks for a slot: a {@link Slot}, or the reason why there is {@linkplain SlotRefusal none}. */
public sealed interface Admission permits Slot, SlotRefusal {}
