package dev.ratelimit.core.internal.concurrency;

/** A call of {@link Slots#enterLater} whose outcome may be still to come. */
@FunctionalInterface
public interface PendingEntry {

    /**
     * Gives up: leaves the queue, and gives back a slot that was handed over but not told of yet.
     *
     * @return whether the outcome will never be told; false if it was, or is being told, and a slot is its receiver's
     */
    boolean cancel();
}
