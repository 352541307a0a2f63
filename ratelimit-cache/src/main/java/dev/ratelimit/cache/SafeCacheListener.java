package dev.ratelimit.cache;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A cache's listener, if it has one, whose exceptions are counted and not passed on. */
final class SafeCacheListener {

    private final String name;
    private final @Nullable CacheListener listener;
    private final Counters counters;

    SafeCacheListener(String name, @Nullable CacheListener listener, Counters counters) {
        this.name = name;
        this.listener = listener;
        this.counters = counters;
    }

    void loaded(long nanos) {
        tell(told -> told.loaded(name, Duration.ofNanos(Math.max(0, nanos))));
    }

    void loadFailed(Outcome.Failed<?> failure) {
        tell(told -> told.loadFailed(name, failure.asException(CacheState.MISS)));
    }

    void removed(Removal cause) {
        counters.removed(cause);
        tell(told -> told.removed(name, cause));
    }

    void cacheFailed(Throwable failure) {
        counters.cacheFailures.increment();
        tell(told -> told.cacheFailed(name, failure));
    }

    private void tell(Consumer<CacheListener> what) {
        if (listener != null) {
            try {
                what.accept(listener);
            } catch (RuntimeException | Error e) {
                counters.cacheFailures.increment();
            }
        }
    }
}
