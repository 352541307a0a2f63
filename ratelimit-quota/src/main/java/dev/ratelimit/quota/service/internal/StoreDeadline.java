package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The maximum time that a call waits for the store: the user's setting, or the store's default at the time of the call.
 */
public sealed interface StoreDeadline extends Supplier<Duration> {

    /** Returns the user's deadline, or the store's default if the user set none. */
    static StoreDeadline of(@Nullable Duration own, QuotaStore store) {
        return own == null ? new OfStore(store) : new Own(own);
    }

    /** Returns a key that equal deadlines share. It does not hold the store. */
    Object key();

    /** The user's setting. */
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

    /** The store's default. */
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
