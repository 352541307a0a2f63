package dev.ratelimit.core.internal.concurrency;

import org.jspecify.annotations.Nullable;

/** What a race needs of slots, so that their broken twins can be raced, too. */
interface Door {

    /** Waits for a slot of a key, at most so long; returns what closes it, or null. */
    @Nullable
    Runnable enter(long key, int limit, long maxWaitNanos) throws InterruptedException;

    int inUse(long key);

    int waiting(long key);

    int keys();

    /** The slots themselves, held for a time at most. */
    static Door of(Slots slots, long leaseTimeoutNanos) {
        return new Door() {
            @Override
            public @Nullable Runnable enter(long key, int limit, long maxWaitNanos) throws InterruptedException {
                ConcurrencyBounds bounds = new ConcurrencyBounds(limit, leaseTimeoutNanos);
                if (!(slots.enter(key, bounds, maxWaitNanos) instanceof Slot slot)) {
                    return null;
                }
                slot.begin();
                return slot::close;
            }

            @Override
            public int inUse(long key) {
                return slots.inUse(key);
            }

            @Override
            public int waiting(long key) {
                return slots.waiting(key);
            }

            @Override
            public int keys() {
                return slots.keys();
            }
        };
    }

    /** The twin that counts by looking first; nobody waits there. */
    static Door of(BrokenSlots slots) {
        return new Door() {
            @Override
            public @Nullable Runnable enter(long key, int limit, long maxWaitNanos) {
                return slots.tryEnter(key, limit);
            }

            @Override
            public int inUse(long key) {
                return slots.inUse(key);
            }

            @Override
            public int waiting(long key) {
                return 0;
            }

            @Override
            public int keys() {
                return slots.keys();
            }
        };
    }
}
