package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How long a call waits for the store: what the user has said, or what the store says at the time of the call. */
public sealed interface StoreDeadline extends Supplier<Duration> {

    /** The user's own, or the store's if there is none. */
    static StoreDeadline of(@Nullable Duration own, QuotaStore store) {
        return own == null ? new OfStore(store) : new Own(own);
    }

    /** What equal deadlines have in common; does not hold the store. */
    Object key();

    /** What the user has said. */
    record Own(Duration own) implements StoreDeadline {

        @Override
        public Duration get() {
            return own;
        }

        @Override
        public Object key() {
            return own;
        }
    }

    /** What the store says. */
    record OfStore(QuotaStore store) implements StoreDeadline {

        @Override
        public Duration get() {
            return store.defaultDeadline();
        }

        @Override
        public Object key() {
            return OfStore.class;
        }
    }
}
