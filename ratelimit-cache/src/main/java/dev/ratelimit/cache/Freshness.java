package dev.ratelimit.cache;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Freshness is the time for which a value may be used after it was made, and the time for which it may be used stale.
 *
 * <pre>{@code
 * Freshness.of(Duration.ofMinutes(1))
 *         .staleWhileRevalidate(Duration.ofSeconds(30))
 *         .staleIfError(Duration.ofMinutes(10))
 * }</pre>
 *
 * <p>Times of stale values that are not set here come from the settings of the cache.
 *
 * <p>Immutable and thread-safe.
 */
public final class Freshness {

    /** The ways in which the cache treats a value. */
    private enum Kind {
        CACHEABLE,
        UNCACHEABLE,
        ERROR,
        GONE
    }

    private static final Freshness UNCACHEABLE = new Freshness(Kind.UNCACHEABLE);
    private static final Freshness ERROR = new Freshness(Kind.ERROR);
    private static final Freshness GONE = new Freshness(Kind.GONE);

    private final Kind kind;
    private final Duration freshFor;
    private final Duration age;
    private final Duration validateFor;
    private final @Nullable Duration staleWhileRevalidate;
    private final @Nullable Duration staleIfError;
    private final boolean perRequest;

    private Freshness(Kind kind) {
        this(kind, Duration.ZERO, Duration.ZERO, Duration.ZERO, null, null, false);
    }

    private Freshness(
            Kind kind,
            Duration freshFor,
            Duration age,
            Duration validateFor,
            @Nullable Duration staleWhileRevalidate,
            @Nullable Duration staleIfError,
            boolean perRequest) {
        this.kind = kind;
        this.freshFor = freshFor;
        this.age = age;
        this.validateFor = validateFor;
        this.staleWhileRevalidate = staleWhileRevalidate;
        this.staleIfError = staleIfError;
        this.perRequest = perRequest;
    }

    /**
     * Returns the freshness of a value that is fresh for a time.
     *
     * @param freshFor the time after it was made; zero or more
     * @return the freshness
     * @throws IllegalArgumentException if the duration is negative
     */
    public static Freshness of(Duration freshFor) {
        Durations.notNegative("freshFor", freshFor);
        return new Freshness(Kind.CACHEABLE, freshFor, Duration.ZERO, Duration.ZERO, null, null, false);
    }

    /**
     * Returns the freshness of a value that is not cacheable: the cache must not keep it, and only the caller for which
     * it was loaded may get it.
     *
     * @return the freshness of a value that is not cacheable
     */
    public static Freshness uncacheable() {
        return UNCACHEABLE;
    }

    /**
     * Returns the freshness of a value that is a backend's error. Callers that wait for the load get it only if no
     * stored value may be used instead; {@link ResponseCacheBuilder#staleIfError} applies as to a loader that throws.
     * The cache does not keep the error, and does not remove the stored value.
     *
     * @return the freshness of an error
     */
    public static Freshness error() {
        return ERROR;
    }

    /**
     * Returns the freshness of a value which says that the backend no longer has anything for the key, as HTTP's 404
     * and 410 do. All callers that wait for the load get it. The cache does not keep it, and removes the stored value
     * of the key.
     *
     * @return the freshness of an answer that removes the stored value
     */
    public static Freshness gone() {
        return GONE;
    }

    /**
     * Returns this freshness with the time in which a stale value may be used while the cache renews it.
     *
     * @param time how long after it has ceased to be fresh; zero or more
     * @return the freshness with that time
     * @throws IllegalArgumentException if the duration is negative
     */
    public Freshness staleWhileRevalidate(Duration time) {
        Durations.notNegative("staleWhileRevalidate", time);
        return new Freshness(kind, freshFor, age, validateFor, time, staleIfError, perRequest);
    }

    /**
     * Returns this freshness with the time in which a stale value may be used if renewing it fails.
     *
     * @param time how long after it has ceased to be fresh; zero or more
     * @return the freshness with that time
     * @throws IllegalArgumentException if the duration is negative
     */
    public Freshness staleIfError(Duration time) {
        Durations.notNegative("staleIfError", time);
        return new Freshness(kind, freshFor, age, validateFor, staleWhileRevalidate, time, perRequest);
    }

    /**
     * Returns this freshness with the time in which the cache keeps a stale value so that a {@link ConditionalLoader}
     * can validate it. During this time no caller gets the value unless a loader has returned it again.
     * {@code Freshness.of(Duration.ZERO).validateFor(…)} keeps a value and validates it for each request.
     *
     * @param time how long after it has ceased to be fresh; zero or more; zero if it is not set
     * @return the freshness with that time
     * @throws IllegalArgumentException if the duration is negative
     */
    public Freshness validateFor(Duration time) {
        Durations.notNegative("validateFor", time);
        return new Freshness(kind, freshFor, age, time, staleWhileRevalidate, staleIfError, perRequest);
    }

    /**
     * Returns this freshness of a value that was made some time before it was loaded, as by another cache.
     *
     * @param age how old the value is when it comes; zero or more
     * @return the freshness with that age
     * @throws IllegalArgumentException if the duration is negative
     */
    public Freshness age(Duration age) {
        Durations.notNegative("age", age);
        return new Freshness(kind, freshFor, age, validateFor, staleWhileRevalidate, staleIfError, perRequest);
    }

    /**
     * Returns this freshness for a value that answers only the request for which it was loaded or validated, as HTTP's
     * {@code no-cache} requires. A caller that waited for another caller's load then begins its own load. That load can
     * validate the stored value.
     *
     * @return the freshness of a value that each request loads or validates
     */
    public Freshness perRequest() {
        return new Freshness(kind, freshFor, age, validateFor, staleWhileRevalidate, staleIfError, true);
    }

    /**
     * Returns whether the value answers only the request for which it was loaded.
     *
     * @return whether this is {@link #perRequest()}
     */
    public boolean isPerRequest() {
        return perRequest;
    }

    /**
     * Returns whether the value is cacheable: whether it may be kept and shared at all.
     *
     * @return whether it is cacheable
     */
    public boolean isCacheable() {
        return kind == Kind.CACHEABLE;
    }

    /**
     * Returns whether the value is a backend's error.
     *
     * @return whether this is {@link #error()}
     */
    public boolean isError() {
        return kind == Kind.ERROR;
    }

    /**
     * Returns whether the value says that the backend no longer has anything for the key.
     *
     * @return whether this is {@link #gone()}
     */
    public boolean isGone() {
        return kind == Kind.GONE;
    }

    /**
     * Returns how long the value is fresh after it was made.
     *
     * @return the time, zero or more
     */
    public Duration freshFor() {
        return freshFor;
    }

    /**
     * Returns the age that the value has when it is loaded.
     *
     * @return the age, zero or more
     */
    public Duration age() {
        return age;
    }

    /**
     * Returns how long the stale value may be used while the cache renews it.
     *
     * @return the time after it has become stale; empty for the cache's setting
     */
    public Optional<Duration> staleWhileRevalidate() {
        return Optional.ofNullable(staleWhileRevalidate);
    }

    /**
     * Returns how long the stale value may be used if renewing it fails.
     *
     * @return the time after it has become stale; empty for the cache's setting
     */
    public Optional<Duration> staleIfError() {
        return Optional.ofNullable(staleIfError);
    }

    /**
     * Returns how long the cache keeps the stale value for validation.
     *
     * @return the time after it has become stale, zero or more
     */
    public Duration validateFor() {
        return validateFor;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Freshness that
                && kind == that.kind
                && freshFor.equals(that.freshFor)
                && age.equals(that.age)
                && validateFor.equals(that.validateFor)
                && Objects.equals(staleWhileRevalidate, that.staleWhileRevalidate)
                && Objects.equals(staleIfError, that.staleIfError)
                && perRequest == that.perRequest;
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, freshFor, age, validateFor, staleWhileRevalidate, staleIfError, perRequest);
    }

    @Override
    public String toString() {
        return kind == Kind.CACHEABLE
                ? "Freshness[" + freshFor + ", age " + age + ", stale while revalidate " + staleWhileRevalidate
                        + ", stale if error " + staleIfError + ", validate for " + validateFor
                        + (perRequest ? ", per request]" : "]")
                : "Freshness[" + kind.name().toLowerCase(Locale.ROOT) + "]";
    }
}
