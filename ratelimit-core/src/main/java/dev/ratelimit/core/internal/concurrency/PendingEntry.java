package dev.ratelimit.core.internal.concurrency;

/** A call of {@link Slots#enterLater} whose outcome may not be known yet. */
@FunctionalInterface
public interface PendingEntry {

    /**
     * Gives up: leaves the queue, and gives back a slot that was handed over but not delivered yet.
     *
     * @return whether the outcome will never be delivered; false if it was or is being delivered, and its receiver owns
     *     the slot
     */
    boolean cancel();
}
