package dev.ratelimit.core.internal.concurrency;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a test of errors needs of slots, so that their broken twin can be tried, too. */
interface Turnstile {

    /** Takes a slot of a key that has room for any number; returns what closes it. */
    Runnable enter(long key);

    long inUse();

    long keys();

    boolean isLocked();

    /** Slots of one stripe, held for a time at most. */
    static Turnstile of(Slots slots, long leaseTimeoutNanos) {
        ConcurrencyBounds any = new ConcurrencyBounds(Integer.MAX_VALUE, leaseTimeoutNanos);
        return new Turnstile() {
            @Override
            public Runnable enter(long key) {
                return Objects.requireNonNull(slots.tryEnter(key, any))::close;
            }

            @Override
            public long inUse() {
                return slots.inUse();
            }

            @Override
            public long keys() {
                return slots.keys();
            }

            @Override
            public boolean isLocked() {
                return slots.stripe(0).isLocked();
            }
        };
    }

    /** What is wrong with the twin. */
    enum Flaw {
        /** It counts a slot before there is memory for it, and makes sure of no stack. */
        COUNTS_FIRST,

        /** It needs memory before it unlocks. */
        ALLOCATES_BEFORE_IT_UNLOCKS
    }

    /** The twin. */
    final class Broken implements Turnstile {
        private final AllocationProbe memory;
        private final Flaw flaw;
        private volatile boolean locked;
        private long slots;
        private long entries;
        private @Nullable Object last;

        Broken(AllocationProbe memory, Flaw flaw) {
            this.memory = memory;
            this.flaw = flaw;
        }

        @Override
        public Runnable enter(long key) {
            locked = true;
            try {
                if (flaw == Flaw.COUNTS_FIRST) {
                    slots++;
                    memory.ask();
                    entries += made(1);
                } else {
                    memory.ask();
                    entries += made(1);
                    slots++;
                }
                return this::close;
            } finally {
                unlock();
            }
        }

        private void close() {
            locked = true;
            try {
                slots--;
                entries += made(-1);
            } finally {
                unlock();
            }
        }

        private long made(long entry) {
            last = Long.valueOf(entry + Long.MAX_VALUE / 2);
            return Objects.hash(last, entry) == 0 ? 2 * entry : entry;
        }

        private void unlock() {
            if (flaw == Flaw.ALLOCATES_BEFORE_IT_UNLOCKS) {
                memory.ask();
            }
            locked = false;
        }

        @Override
        public long inUse() {
            return slots;
        }

        @Override
        public long keys() {
            return entries;
        }

        @Override
        public boolean isLocked() {
            return locked;
        }
    }
}
