package dev.ratelimit.cache;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Freshness is how long a value may be used from the time it was made, and how long after that in need.
 *
 * <pre>{@code
 * Freshness.of(Duration.ofMinutes(1))
 *         .staleWhileRevalidate(Duration.ofSeconds(30))
 *         .staleIfError(Duration.ofMinutes(10))
 * }</pre>
 *
 * <p>What is not said here of stale values, the cache's own settings say.
 *
 * <p>Immutable and thread-safe.
 */
public final class Freshness {

    private static final Freshness UNCACHEABLE = new Freshness(false, Duration.ZERO, Duration.ZERO, null, null);

    private final boolean cacheable;
    private final Duration freshFor;
    private final Duration age;
    private final @Nullable Duration staleWhileRevalidate;
    private final @Nullable Duration staleIfError;

    private Freshness(
            boolean cacheable,
            Duration freshFor,
            Duration age,
            @Nullable Duration staleWhileRevalidate,
            @Nullable Duration staleIfError) {
        this.cacheable = cacheable;
        this.freshFor = freshFor;
        this.age = age;
        this.staleWhileRevalidate = staleWhileRevalidate;
        this.staleIfError = staleIfError;
    }

    /**
     * Returns the freshness of a value that is fresh for a time.
     *
     * @param freshFor how long after it was made; zero or more
     * @return the freshness
     * @throws IllegalArgumentException if the duration is negative
     */
    public static Freshness of(Duration freshFor) {
        return new Freshness(true, Durations.notNegative("freshFor", freshFor), Duration.ZERO, null, null);
    }

    /**
     * Returns the freshness of a value that must neither be kept nor given to anybody but the caller it was loaded for.
     *
     * @return the freshness of what is not for the cache
     */
    public static Freshness uncacheable() {
        return UNCACHEABLE;
    }

    /**
     * Returns this freshness with the time in which a value that is no longer fresh may still be used while it is renewed.
     *
     * @param time how long after it has ceased to be fresh; zero or more
     * @return the freshness with that time
     * @throws IllegalArgumentException if the duration is negative
     */
    public Freshness staleWhileRevalidate(Duration time) {
        return new Freshness(
                cacheable, freshFor, age, Durations.notNegative("staleWhileRevalidate", time), staleIfError);
    }

    /**
     * Returns this freshness with the time in which a value that is no longer fresh may be used if renewing it fails.
     *
     * @param time how long after it has ceased to be fresh; zero or more
     * @return the freshness with that time
     * @throws IllegalArgumentException if the duration is negative
     */
    public Freshness staleIfError(Duration time) {
        return new Freshness(
                cacheable, freshFor, age, staleWhileRevalidate, Durations.notNegative("staleIfError", time));
    }

    /**
     * Returns this freshness of a value that was made some time before it was loaded, as by another cache.
     *
     * @param age how old the value is when it comes; zero or more
     * @return the freshness with that age
     * @throws IllegalArgumentException if the duration is negative
     */
    public Freshness age(Duration age) {
        return new Freshness(
                cacheable, freshFor, Durations.notNegative("age", age), staleWhileRevalidate, staleIfError);
    }

    /**
     * Returns whether the value may be kept and shared at all.
     *
     * @return whether it is for the cache
     */
    public boolean isCacheable() {
        return cacheable;
    }

    /**
     * Returns how long the value is fresh, from when it was made.
     *
     * @return the time, zero or more
     */
    public Duration freshFor() {
        return freshFor;
    }

    /**
     * Returns how old the value is when it comes.
     *
     * @return the age, zero or more
     */
    public Duration age() {
        return age;
    }

    /**
     * Returns how long the value may be used while it is renewed.
     *
     * @return the time after it has ceased to be fresh; empty for the cache's own
     */
    public Optional<Duration> staleWhileRevalidate() {
        return Optional.ofNullable(staleWhileRevalidate);
    }

    /**
     * Returns how long the value may be used if renewing it fails.
     *
     * @return the time after it has ceased to be fresh; empty for the cache's own
     */
    public Optional<Duration> staleIfError() {
        return Optional.ofNullable(staleIfError);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Freshness that
                && cacheable == that.cacheable
                && freshFor.equals(that.freshFor)
                && age.equals(that.age)
                && Objects.equals(staleWhileRevalidate, that.staleWhileRevalidate)
                && Objects.equals(staleIfError, that.staleIfError);
    }

    @Override
    public int hashCode() {
        return Objects.hash(cacheable, freshFor, age, staleWhileRevalidate, staleIfError);
    }

    @Override
    public String toString() {
        return cacheable
                ? "Freshness[" + freshFor + ", age " + age + ", stale while revalidate " + staleWhileRevalidate
                        + ", stale if error " + staleIfError + "]"
                : "Freshness[uncacheable]";
    }
}
