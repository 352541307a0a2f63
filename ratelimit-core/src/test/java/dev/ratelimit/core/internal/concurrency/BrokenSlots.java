package dev.ratelimit.core.internal.concurrency;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A broken twin of {@link Slots}: it looks whether there is room and then takes it, looks whether a slot is open and
 * then closes it, and keeps an entry for each key that it has ever seen.
 */
final class BrokenSlots {

    private final Map<Long, AtomicInteger> counts = new ConcurrentHashMap<>();

    /** Opens a slot; returns what closes it, or null. */
    @Nullable
    Runnable tryEnter(long fingerprint, int limit) {
        AtomicInteger inUse = counts.computeIfAbsent(fingerprint, key -> new AtomicInteger());
        if (inUse.get() >= limit) {
            return null;
        }
        inUse.incrementAndGet();
        return new Closing(inUse);
    }

    int inUse(long fingerprint) {
        AtomicInteger inUse = counts.get(fingerprint);
        return inUse == null ? 0 : inUse.get();
    }

    int keys() {
        return counts.size();
    }

    private static final class Closing implements Runnable {
        private final AtomicInteger inUse;
        private volatile boolean closed;

        Closing(AtomicInteger inUse) {
            this.inUse = inUse;
        }

        @Override
        public void run() {
            if (!closed) {
                closed = true;
                inUse.decrementAndGet();
            }
        }
    }
}
