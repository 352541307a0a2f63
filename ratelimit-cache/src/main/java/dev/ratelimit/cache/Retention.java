package dev.ratelimit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The rules of retention: how long a loaded value is kept, and how a load's result changes a slot. It calls the
 * functions that the cache was built with.
 */
final class Retention<V> {

    /** The ways to treat a value. */
    enum What {
        /** Keep it. */
        KEEP,
        /** The value is too large to be kept: its callers share it, and the previous value is outdated. */
        PASS,
        /** The value is for one caller only. */
        REFUSE,
        /** The value says that the backend no longer has anything for the key. */
        REMOVE,
        /** The value is a backend's error. */
        ERROR
    }

    /** A value with its times, and how to treat it. */
    record Judged<V>(What what, Slot.Entry<V> entry) {}

    private final CacheSettings<V> settings;
    private final Weights<V> weights;
    private final RememberedFailures failures;
    private final AtomicLong generations = new AtomicLong();

    Retention(CacheSettings<V> settings) {
        this.settings = settings;
        this.weights = new Weights<>(settings);
        this.failures = settings.failures();
    }

    Freshness freshness(V value) {
        return settings.freshness().apply(value);
    }

    /** Judges a value that the load of this order has returned. */
    Judged<V> judge(CacheKey key, V value, Freshness freshness, long order, long now) {
        long age = Durations.nanos(freshness.age());
        if (freshness.isError()) {
            return passing(What.ERROR, value, age, now);
        }
        if (freshness.isGone()) {
            return passing(What.REMOVE, value, age, now);
        }
        boolean isPerRequest = freshness.isPerRequest();
        long freshFor = isPerRequest ? 0 : Durations.nanos(freshness.freshFor());
        long freshUntil = now + spread(freshFor - age);
        long renewUntil = freshUntil
                + (isPerRequest
                        ? 0
                        : Durations.nanos(freshness.staleWhileRevalidate().orElse(settings.staleWhileRevalidate())));
        long errorUntil = freshUntil
                + (isPerRequest ? 0 : Durations.nanos(freshness.staleIfError().orElse(settings.staleIfError())));
        long validateUntil = freshUntil + Durations.nanos(freshness.validateFor());
        long usefulUntil = Slot.later(Slot.later(freshUntil, renewUntil), Slot.later(errorUntil, validateUntil));
        if (!freshness.isCacheable() || now - usefulUntil >= 0) {
            return passing(What.REFUSE, value, age, now);
        }
        Set<String> tags = Set.copyOf(settings.tags().apply(value));
        long weight = weights.of(key, value, tags);
        if (weight > settings.maxEntryBytes()) {
            return passing(What.PASS, value, age, now);
        }
        return new Judged<>(
                What.KEEP,
                new Slot.Entry<>(
                        value,
                        now - age,
                        freshUntil,
                        renewUntil,
                        errorUntil,
                        validateUntil,
                        order,
                        tags,
                        (int) weight,
                        null));
    }

    /** Judges a value that must not be kept. */
    Judged<V> refused(V value, long now) {
        return passing(What.REFUSE, value, 0, now);
    }

    private Judged<V> passing(What what, V value, long age, long now) {
        return new Judged<>(what, Slot.Entry.passing(value, now - age, now));
    }

    /** Returns the slot after a value: a new one, the same, or null for none. */
    @Nullable
    Slot<V> after(CacheKey key, @Nullable Slot<V> before, Judged<V> judged, long now) {
        return switch (judged.what()) {
            case KEEP -> judged.entry();
            case PASS, REMOVE -> null;
            case REFUSE -> afterRefusal(key, before, now);
            case ERROR -> afterError(before, now);
        };
    }

    /**
     * Returns the slot after a value that is not cacheable. While a value is fresh, only a request for a younger one
     * begins a load, and its result concerns only that request.
     */
    private @Nullable Slot<V> afterRefusal(CacheKey key, @Nullable Slot<V> before, long now) {
        if (before instanceof Slot.Entry<V> entry && entry.isFresh(now)) {
            return before;
        }
        UncacheableMarker marker =
                UncacheableMarker.after(before == null ? null : before.marker(), settings.rememberUncacheable(), now);
        if (before instanceof Slot.Entry<V> entry && now - entry.keptUntil() < 0) {
            return entry.marked(marker);
        }
        return marker == null ? null : new Slot.Uncacheable<>(marker, weights.ofKey(key));
    }

    private @Nullable Slot<V> afterError(@Nullable Slot<V> before, long now) {
        return before instanceof Slot.Entry<V> entry && entry.isUsable(now) && !entry.isFresh(now)
                ? entry.failedUntil(now + settings.retryPauses().nanosAfter(entry.failures(), settings.random()))
                : before;
    }

    /** Returns the primary key's slot after a value with variants, if no names are known yet. */
    Slot.Varying<V> varying(@Nullable Slot<V> before, ValueLocation<V> location, Slot.Entry<V> value, long now) {
        long floor = before instanceof Slot.Entry<V> hidden ? hidden.order() : 0;
        Slot.Varying<V> none = new Slot.Varying<>(
                location.names(), generations.incrementAndGet(), floor, value.keptUntil(), new Variants(), 0);
        return varying(none, location, value, floor, new ArrayList<>(), now, key -> true);
    }

    /**
     * Returns the known names after a value.
     *
     * @param latestOrder the order of the load that was begun last: with new names, the variant of an older value is
     *     unknown
     * @param gone receives the keys of the variants that are removed for it
     * @param isKept whether a variant is in the store
     */
    Slot.Varying<V> varying(
            Slot.Varying<V> known,
            ValueLocation<V> location,
            Slot.Entry<V> value,
            long latestOrder,
            List<CacheKey> gone,
            long now,
            Predicate<CacheKey> isKept) {
        List<String> names = ValueLocation.union(known.names(), location.names());
        boolean isSame = names.equals(known.names());
        Variants variants = isSame ? known.variants() : new Variants();
        CacheKey key = location.variant(names, known.generation()).key();
        gone.addAll(variants.add(key, value.keptUntil(), settings.maxVariants(), now, isKept));
        return new Slot.Varying<>(
                names,
                known.generation(),
                isSame ? known.floor() : latestOrder,
                isSame ? Slot.later(known.keptUntil(), value.keptUntil()) : value.keptUntil(),
                variants,
                weights.ofNames(location.primary(), names, variants));
    }

    /** Whether a failure of a loader says that the backend no longer has a value. */
    boolean isAnswer(@Nullable Throwable failure) {
        return failures.isAnswer(failure);
    }

    /**
     * Returns the slot after a failure of a loader: a new one, the same, or null for none.
     *
     * @param shared whether other callers may get the failure if it is remembered
     */
    @Nullable
    Slot<V> afterFailure(CacheKey key, @Nullable Slot<V> before, Outcome.Failed<V> failure, boolean shared, long now) {
        boolean isUsable = before instanceof Slot.Entry<V> entry && entry.isUsable(now);
        if (!failure.isAnswer() && (isUsable || !shared)) {
            return afterError(before, now);
        }
        Duration time = failures.rememberedFor(failure.cause());
        long weight = time == null ? 0 : weights.ofFailure(key, failure.cause());
        if (time == null || time.isZero() || weight > settings.maxEntryBytes()) {
            return failure.isAnswer() ? null : before;
        }
        return new Slot.Failure<>(failure.reason(), failure.cause(), now + spread(Durations.nanos(time)), (int) weight);
    }

    /** Shortens a time at random. It never lengthens it, so no value is used for longer than its freshness says. */
    private long spread(long nanos) {
        return settings.jitter() == 0 || nanos <= 0
                ? nanos
                : nanos
                        - Durations.part(
                                nanos, settings.jitter() * settings.random().nextDouble());
    }

    /** Returns the exception of a load that has not ended in time. Users can declare its type as remembered. */
    static TimeoutException overdue(Duration deadline) {
        return new TimeoutException("the loader has not returned within " + deadline);
    }
}
