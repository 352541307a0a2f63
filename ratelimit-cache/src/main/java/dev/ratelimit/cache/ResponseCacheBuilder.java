package dev.ratelimit.cache;

import dev.ratelimit.TimeSource;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A builder of response caches. Each setting has a default; each method returns the builder itself.
 *
 * <p>Not thread-safe.
 *
 * @param <V> the type of the values
 */
public final class ResponseCacheBuilder<V> {

    private static final int SHARE_OF_MAX_ENTRY = 8;

    private final String name;
    private long maxEntries = 10_000;
    private long maxBytes = Long.MAX_VALUE;
    private long maxEntryBytes;
    private int maxVariants = 100;
    private @Nullable ToLongFunction<? super V> weigher;
    private Duration freshFor = Duration.ofMinutes(1);
    private @Nullable Function<? super V, Freshness> freshness;
    private Duration staleWhileRevalidate = Duration.ZERO;
    private Duration staleIfError = Duration.ZERO;
    private double jitter = 0.1;
    private RetryPauses retryPauses = new RetryPauses(Duration.ofSeconds(1), Duration.ofMinutes(1));
    private RememberedFailures failures = new RememberedFailures();
    private ToLongFunction<Throwable> failureWeigher = FailureWeight::estimate;
    private Duration rememberUncacheable = Duration.ofMinutes(1);
    private Function<? super V, ? extends Collection<String>> tags = value -> List.of();
    private Duration loadDeadline = Duration.ofSeconds(10);
    private int maxLoads = 64;
    private int maxQueuedLoads = 1_000;
    private @Nullable CacheListener listener;
    private Executor executor = LoadThreads.shared();
    private UnaryOperator<Runnable> context = UnaryOperator.identity();
    private TimeSource time = TimeSource.system();
    private RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();

    ResponseCacheBuilder(String name) {
        if (Objects.requireNonNull(name, "name").isEmpty()) {
            throw new IllegalArgumentException("a cache needs a name of at least one character");
        }
        this.name = name;
    }

    /**
     * Sets the maximum number of entries. The default is 10,000.
     *
     * @param entries how many, at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is below 1
     */
    public ResponseCacheBuilder<V> maxEntries(long entries) {
        this.maxEntries = atLeast(1, "maxEntries", entries);
        return this;
    }

    /**
     * Sets the maximum bytes, and the function that gives the bytes of a value. An entry also counts the bytes of its
     * key and tags, and 160 bytes for itself. By default there is no bound on bytes.
     *
     * @param bytes how many, at least 1,024
     * @param weigher the bytes of a value, zero or more
     * @return this builder
     * @throws IllegalArgumentException if the number is below 1,024
     */
    public ResponseCacheBuilder<V> maxBytes(long bytes, ToLongFunction<? super V> weigher) {
        this.maxBytes = atLeast(1_024, "maxBytes", bytes);
        this.weigher = Objects.requireNonNull(weigher, "weigher");
        return this;
    }

    /**
     * Sets the maximum bytes of an entry, as {@link #maxBytes} counts them. The callers that wait for a larger value
     * get it, but the cache does not keep it. The default is an eighth of {@code maxBytes}.
     *
     * @param bytes how many, at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is below 1 or above 2<sup>31</sup> − 1
     */
    public ResponseCacheBuilder<V> maxEntryBytes(long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "maxEntryBytes must be at most " + Integer.MAX_VALUE + " bytes, but was " + bytes);
        }
        this.maxEntryBytes = atLeast(1, "maxEntryBytes", bytes);
        return this;
    }

    /**
     * Sets the maximum number of variants of one {@link VaryingKey} that are kept at once. The default is 100. One more
     * replaces a variant that no caller has asked for since it was loaded. If there is none, it replaces the least
     * recently used variant.
     *
     * @param variants how many, at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is below 1
     */
    public ResponseCacheBuilder<V> maxVariants(int variants) {
        this.maxVariants = (int) atLeast(1, "maxVariants", variants);
        return this;
    }

    /**
     * Sets how long values are fresh. The default is a minute. It replaces {@link #freshness}.
     *
     * @param time how long, at least 1 ns
     * @return this builder
     * @throws IllegalArgumentException if the duration is zero or negative
     */
    public ResponseCacheBuilder<V> freshFor(Duration time) {
        this.freshFor = Durations.positive("freshFor", time);
        this.freshness = null;
        return this;
    }

    /**
     * Sets the function that gives the freshness of each value. It replaces {@link #freshFor}.
     *
     * @param freshness from a value to its freshness, which may say that the value is not cacheable
     * @return this builder
     */
    public ResponseCacheBuilder<V> freshness(Function<? super V, Freshness> freshness) {
        this.freshness = Objects.requireNonNull(freshness, "freshness");
        return this;
    }

    /**
     * Sets by how much the cache shortens freshness at random, so that values that were loaded together do not expire
     * together. The default is a tenth of the remaining freshness of a loaded value. No value is fresh for longer than
     * its freshness says.
     *
     * @param share the maximum share of the remaining freshness that is cut off, 0 to 1
     * @return this builder
     * @throws IllegalArgumentException if the share is out of range
     */
    public ResponseCacheBuilder<V> jitter(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("jitter must be from 0 to 1, but was " + share);
        }
        this.jitter = share;
        return this;
    }

    /**
     * Sets how long stale values may be used while the cache renews them in the background. The default is zero. Each
     * key has at most one shared refresh at a time, and one for requests with loads of their own.
     *
     * @param time the time after a value has become stale, zero or more
     * @return this builder
     * @throws IllegalArgumentException if the duration is negative
     */
    public ResponseCacheBuilder<V> staleWhileRevalidate(Duration time) {
        this.staleWhileRevalidate = Durations.notNegative("staleWhileRevalidate", time);
        return this;
    }

    /**
     * Sets how long stale values may be used when loading fails. The default is zero.
     *
     * @param time the time after a value has become stale, zero or more
     * @return this builder
     * @throws IllegalArgumentException if the duration is negative
     */
    public ResponseCacheBuilder<V> staleIfError(Duration time) {
        this.staleIfError = Durations.notNegative("staleIfError", time);
        return this;
    }

    /**
     * Sets the pauses between loads that fail while there is a stale value. By default, the first pause is 1 s, and
     * each further one is twice as long, up to 1 min. Each pause is shortened at random by up to a half.
     *
     * @param first the first pause, at least 1 ns
     * @param longest the maximum pause, at least the first
     * @return this builder
     * @throws IllegalArgumentException if a duration is out of range
     */
    public ResponseCacheBuilder<V> retryAfter(Duration first, Duration longest) {
        this.retryPauses = RetryPauses.of(first, longest);
        return this;
    }

    /**
     * Makes the cache remember failures of a type, so that callers get them without a load. It may be called for
     * several types; if several apply, the most specific one counts. A load that has overrun its deadline fails with a
     * {@link java.util.concurrent.TimeoutException}. If a stale value may be used, callers get that value instead.
     *
     * @param type the type, including its subtypes
     * @param time how long, at least 1 ns
     * @return this builder
     * @throws IllegalArgumentException if the duration is zero or negative
     */
    public ResponseCacheBuilder<V> rememberFailures(Class<? extends Throwable> type, Duration time) {
        Durations.positive("time", time);
        this.failures = failures.with(Objects.requireNonNull(type, "type"), time, false);
        return this;
    }

    /**
     * Declares that failures of a type mean that the backend no longer has a value, as "not found" does. The cache
     * removes its value of the key, and all callers that wait for the load get the failure, whatever
     * {@link #staleIfError} says. It may be called for several types. If several apply, here or in
     * {@link #rememberFailures}, the most specific one counts; for one type, the last call counts.
     *
     * @param type the type, including its subtypes
     * @param remember how long callers get the failure without a load, zero or more
     * @return this builder
     * @throws IllegalArgumentException if the duration is negative
     */
    public ResponseCacheBuilder<V> gone(Class<? extends Throwable> type, Duration remember) {
        Durations.notNegative("remember", remember);
        this.failures = failures.with(Objects.requireNonNull(type, "type"), remember, true);
        return this;
    }

    /**
     * Sets the function that gives the bytes of a remembered failure for {@link #maxBytes}. The default is an estimate
     * from the messages, stack frames, causes and suppressed failures. A failure above the maximum bytes of an entry is
     * not remembered. An exception type that holds more, such as a whole response, needs its own weigher.
     *
     * @param weigher from a failure to its bytes, zero or more
     * @return this builder
     */
    public ResponseCacheBuilder<V> failureWeigher(ToLongFunction<Throwable> weigher) {
        this.failureWeigher = Objects.requireNonNull(weigher, "weigher");
        return this;
    }

    /**
     * Sets how long the cache remembers that the last answers of a key were not cacheable. The default is 1 min. After
     * one such answer, callers still share the next load. After two in a row, each caller loads alone and at once,
     * because another caller's answer would be useless to it. The next cacheable answer ends this. Answers that are not
     * cacheable never replace a value that the cache may still use.
     *
     * @param time how long; zero for not at all
     * @return this builder
     * @throws IllegalArgumentException if the duration is negative
     */
    public ResponseCacheBuilder<V> rememberUncacheable(Duration time) {
        this.rememberUncacheable = Durations.notNegative("rememberUncacheable", time);
        return this;
    }

    /**
     * Sets the function that gives the tags of a value, by which it can be invalidated. By default values have no tags.
     *
     * @param tags from a value to its tags
     * @return this builder
     */
    public ResponseCacheBuilder<V> tags(Function<? super V, ? extends Collection<String>> tags) {
        this.tags = Objects.requireNonNull(tags, "tags");
        return this;
    }

    /**
     * Sets the maximum duration of a load, including its wait for a place. The default is 10 s.
     *
     * @param time how long, at least 1 ns
     * @return this builder
     * @throws IllegalArgumentException if the duration is zero or negative
     */
    public ResponseCacheBuilder<V> loadDeadline(Duration time) {
        this.loadDeadline = Durations.positive("loadDeadline", time);
        return this;
    }

    /**
     * Sets the maximum number of loads at once, over all keys. The default is 64. An abandoned load counts until its
     * loader has ended.
     *
     * @param loads how many, at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is below 1
     */
    public ResponseCacheBuilder<V> maxLoads(int loads) {
        this.maxLoads = (int) atLeast(1, "maxLoads", loads);
        return this;
    }

    /**
     * Sets the maximum number of loads that wait for a place. The default is 1,000. The cache refuses further loads.
     *
     * @param loads how many, zero or more
     * @return this builder
     * @throws IllegalArgumentException if the number is negative
     */
    public ResponseCacheBuilder<V> maxQueuedLoads(int loads) {
        this.maxQueuedLoads = (int) atLeast(0, "maxQueuedLoads", loads);
        return this;
    }

    /**
     * Sets the listener of loads, removals and failures. By default there is none.
     *
     * @param listener the listener
     * @return this builder
     */
    public ResponseCacheBuilder<V> listener(CacheListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /**
     * Sets the executor whose threads call loaders. By default, all caches share daemon threads, as many as there are
     * loads. With an executor that has fewer threads than {@link #maxLoads}, loads wait for threads. A nested load
     * needs a second thread in addition to that of its outer loader. The executor should not run loads on the
     * submitting thread, as {@link java.util.concurrent.ThreadPoolExecutor.CallerRunsPolicy} does: that caller could
     * not give up, and its thread would also run other callers' loads.
     *
     * @param executor the executor
     * @return this builder
     */
    public ResponseCacheBuilder<V> executor(Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
        return this;
    }

    /**
     * Sets how context of a caller's thread is carried over to the thread that calls a loader. By default nothing is
     * carried over. When a load begins, the cache calls this function on the thread of the caller that began it. The
     * load's thread then runs the task that the function returns.
     *
     * <pre>{@code
     * builder.carryContext(load -> {
     *     Map<String, String> context = MDC.getCopyOfContextMap();
     *     return () -> {
     *         MDC.setContextMap(context);
     *         try {
     *             load.run();
     *         } finally {
     *             MDC.clear();
     *         }
     *     };
     * })
     * }</pre>
     *
     * <p>Callers that join a load get a value that was loaded in the context of the caller that began it. So the
     * context must not affect the value; only the key may.
     *
     * @param context from a load to the task that runs it, once, before the task returns
     * @return this builder
     */
    public ResponseCacheBuilder<V> carryContext(UnaryOperator<Runnable> context) {
        this.context = Objects.requireNonNull(context, "context");
        return this;
    }

    /**
     * Sets the time source for the ages of values and the deadlines of loads. The default is the system's time.
     *
     * @param time the time source
     * @return this builder
     */
    public ResponseCacheBuilder<V> timeSource(TimeSource time) {
        this.time = Objects.requireNonNull(time, "time");
        return this;
    }

    /**
     * Sets the random generator. The default is {@link ThreadLocalRandom}.
     *
     * @param random the generator, which must be thread-safe
     * @return this builder
     */
    public ResponseCacheBuilder<V> random(RandomGenerator random) {
        this.random = Objects.requireNonNull(random, "random");
        return this;
    }

    /**
     * Builds the cache.
     *
     * @return a new cache, empty
     * @throws IllegalStateException if {@code maxEntryBytes} is set without {@code maxBytes}, or is above it
     */
    public ResponseCache<V> build() {
        return new ResponseCache<>(settings());
    }

    /** Returns the settings, after checking that they fit together. */
    CacheSettings<V> settings() {
        if (maxEntryBytes > 0 && weigher == null) {
            throw new IllegalStateException("maxEntryBytes needs a weigher: set maxBytes, too");
        }
        if (maxEntryBytes > maxBytes) {
            throw new IllegalStateException(
                    "maxEntryBytes, " + maxEntryBytes + ", must be at most maxBytes, " + maxBytes);
        }
        Freshness always = Freshness.of(freshFor);
        Function<? super V, Freshness> each = freshness;
        return new CacheSettings<>(
                name,
                maxEntries,
                maxBytes,
                effectiveMaxEntryBytes(),
                maxVariants,
                weigher,
                each == null ? value -> always : each,
                staleWhileRevalidate,
                staleIfError,
                jitter,
                retryPauses,
                failures,
                failureWeigher,
                rememberUncacheable,
                tags,
                loadDeadline,
                maxLoads,
                maxQueuedLoads,
                listener,
                executor,
                context,
                time,
                random);
    }

    private long effectiveMaxEntryBytes() {
        return maxEntryBytes > 0 ? maxEntryBytes : Math.min(Integer.MAX_VALUE, maxBytes / SHARE_OF_MAX_ENTRY);
    }

    private static long atLeast(long least, String setting, long value) {
        if (value < least) {
            throw new IllegalArgumentException(setting + " must be at least " + least + ", but was " + value);
        }
        return value;
    }
}
