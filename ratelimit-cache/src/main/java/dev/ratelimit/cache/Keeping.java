package dev.ratelimit.cache;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** How long, and at what weight, what was loaded is kept. It calls the functions that the cache was given. */
final class Keeping<V> {

    /** What an entry costs beside its key's bytes and its value: the objects that hold them. */
    static final int OVERHEAD = 160;

    /**
     * What is to be done with a value.
     *
     * @param slot what is to be kept, if anything
     * @param entry the value, kept or not
     * @param shared whether callers who have waited for it may have it
     * @param tooLarge whether its size is why it is not kept
     */
    record Kept<V>(@Nullable Slot<V> slot, Slot.Entry<V> entry, boolean shared, boolean tooLarge) {}

    private final CacheSettings<V> settings;
    private final AtomicLong generations = new AtomicLong();

    Keeping(CacheSettings<V> settings) {
        this.settings = settings;
    }

    Kept<V> of(CacheKey key, V value, long now) {
        Freshness freshness = settings.freshness().apply(value);
        long age = Durations.nanos(freshness.age());
        long left = spread(Durations.nanos(freshness.freshFor())) - age;
        long freshUntil = now + left;
        long renewUntil =
                freshUntil + Durations.nanos(freshness.staleWhileRevalidate().orElse(settings.staleWhileRevalidate()));
        long errorUntil = freshUntil + Durations.nanos(freshness.staleIfError().orElse(settings.staleIfError()));
        boolean everOfUse = left > 0 || renewUntil - now > 0 || errorUntil - now > 0;
        if (!freshness.isCacheable() || !everOfUse) {
            return uncacheable(key, value, age, now);
        }
        long weight = weight(key, value);
        if (weight > settings.largestEntry()) {
            return new Kept<>(null, Slot.Entry.passing(value, now - age, now), true, true);
        }
        Set<String> tags = Set.copyOf(settings.tags().apply(value));
        Slot.Entry<V> entry =
                new Slot.Entry<>(value, now - age, freshUntil, renewUntil, errorUntil, tags, (int) weight, 0, now);
        return new Kept<>(entry, entry, true, false);
    }

    /** What is to be done with a value that is not for the cache. */
    Kept<V> uncacheable(CacheKey key, V value, long age, long now) {
        Duration time = settings.rememberUncacheable();
        Slot<V> marker = time.isZero() ? null : new Slot.Uncacheable<>(now + Durations.nanos(time), overhead(key));
        return new Kept<>(marker, Slot.Entry.passing(value, now - age, now), false, false);
    }

    /**
     * What is to be kept by the primary key of a value that depends on more; null if the names that its load went by have been
     * forgotten meanwhile.
     */
    Slot.@Nullable Varying<V> varying(Place<V> loaded, @Nullable Slot<V> before, Place<V> place, Slot<V> value) {
        CacheKey primary = place.primary();
        if (before instanceof Slot.Varying<V> known
                && (loaded.generation() == 0 || loaded.generation() == known.generation())) {
            List<String> names = Place.union(known.names(), place.names());
            long until = Slot.later(known.keptUntil(), value.keptUntil());
            return new Slot.Varying<>(names, known.generation(), until, overhead(primary, names));
        }
        if (loaded.generation() != 0) {
            return null;
        }
        int weight = overhead(primary, place.names());
        return new Slot.Varying<>(place.names(), generations.incrementAndGet(), value.keptUntil(), weight);
    }

    /** What is to be kept instead of a slot after a load has failed; maybe the same. */
    @Nullable
    Slot<V> afterFailure(CacheKey key, @Nullable Slot<V> before, Outcome.Failed<V> failure, long now) {
        if (before instanceof Slot.Entry<V> entry && now - entry.keptUntil() < 0) {
            return entry.failedUntil(now + backOff(entry.failures()));
        }
        if (before instanceof Slot.Varying) {
            return before;
        }
        Duration time = rememberedFor(failure.cause());
        if (time == null) {
            return before;
        }
        return new Slot.Failure<>(
                failure.reason(), failure.cause(), now + spread(Durations.nanos(time)), overhead(key));
    }

    /** The time of the most special of the declared types. */
    private @Nullable Duration rememberedFor(@Nullable Throwable cause) {
        if (cause == null || cause instanceof CancellationException) {
            return null;
        }
        Map<Class<? extends Throwable>, Duration> declared = settings.remembered();
        for (Class<?> type = cause.getClass(); type != null; type = type.getSuperclass()) {
            Duration time = declared.get(type);
            if (time != null) {
                return time;
            }
        }
        return null;
    }

    /** Doubles with each failure up to the longest, and is spread over its upper half. */
    private long backOff(int failuresBefore) {
        long longest = Durations.nanos(settings.longestRetry());
        long wait = Durations.nanos(settings.firstRetry());
        for (int i = 0; i < failuresBefore && wait < longest; i++) {
            wait *= 2;
        }
        return part(Math.min(wait, longest), 1 - (settings.random().nextDouble() / 2));
    }

    /** Only ever shortens, so that nothing is used for longer than was said. */
    private long spread(long nanos) {
        return settings.jitter() == 0
                ? nanos
                : nanos - part(nanos, settings.jitter() * settings.random().nextDouble());
    }

    private static long part(long nanos, double share) {
        return (long) ((double) nanos * share);
    }

    private long weight(CacheKey key, V value) {
        if (settings.weigher() == null) {
            return 0;
        }
        long bytes = settings.weigher().applyAsLong(value);
        if (bytes < 0) {
            throw new IllegalStateException("the weigher must return zero or more, but returned " + bytes);
        }
        return Math.min(bytes, Integer.MAX_VALUE) + overhead(key);
    }

    private int overhead(CacheKey key) {
        return overhead(key, List.of());
    }

    private int overhead(CacheKey key, List<String> names) {
        if (settings.weigher() == null) {
            return 0;
        }
        long text = names.stream().mapToLong(String::length).sum();
        return (int) Math.min(Integer.MAX_VALUE, key.length() + text + OVERHEAD);
    }

    /** What stands for a load that has not ended in time, for those who declare that it is to be remembered. */
    static TimeoutException overdue(Duration deadline) {
        return new TimeoutException("the loader has not returned within " + deadline);
    }
}
