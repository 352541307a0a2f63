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
    private Duration firstRetry = Duration.ofSeconds(1);
    private Duration maxRetry = Duration.ofMinutes(1);
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
     * Sets the most entries: 10,000 if it is not set.
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
     * Sets the most bytes, and how many a value counts. An entry counts those of its key and tags, and 160 for itself in addition.
     * There is no bound on bytes if it is not set.
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
     * Sets the largest entry in bytes, as {@link #maxBytes} counts them. What is larger passes through, is shared by those
     * who wait for it, and is not kept. It is an eighth of the most bytes if it is not set.
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
     * Sets the most variants of one {@link VaryingKey} that are kept at once: 100 if it is not set. A further one takes the place
     * of a variant that nobody has asked for since it was loaded; if there is none, of the one that was asked for least lately.
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
     * Sets how long values are fresh: a minute if it is not set. It replaces {@link #freshness}.
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
     * Sets how long each value is fresh, by what it says itself. It replaces {@link #freshFor}.
     *
     * @param freshness from a value to its freshness, which may say that it is not for the cache
     * @return this builder
     */
    public ResponseCacheBuilder<V> freshness(Function<? super V, Freshness> freshness) {
        this.freshness = Objects.requireNonNull(freshness, "freshness");
        return this;
    }

    /**
     * Sets by how much freshness may be shortened at random, so that what was loaded together does not end together: a
     * tenth if it is not set. It is a part of what is left when a value comes. Nothing is ever fresh for longer than was said.
     *
     * @param share the largest part of what is left that is cut off, 0 to 1
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
     * Sets how long values may be used that have ceased to be fresh, while they are renewed in the background: not at all
     * if it is not set. Of each key there is one refresh at a time, and one of those who have loads of their own.
     *
     * @param time how long after they have ceased to be fresh, zero or more
     * @return this builder
     * @throws IllegalArgumentException if the duration is negative
     */
    public ResponseCacheBuilder<V> staleWhileRevalidate(Duration time) {
        this.staleWhileRevalidate = Durations.notNegative("staleWhileRevalidate", time);
        return this;
    }

    /**
     * Sets how long values may be used that have ceased to be fresh, when loading fails: not at all if it is not set.
     *
     * @param time how long after they have ceased to be fresh, zero or more
     * @return this builder
     * @throws IllegalArgumentException if the duration is negative
     */
    public ResponseCacheBuilder<V> staleIfError(Duration time) {
        this.staleIfError = Durations.notNegative("staleIfError", time);
        return this;
    }

    /**
     * Sets when to try again after a load has failed for which there is a stale value: after 1 s, and after twice as long each
     * time, up to 1 min, if it is not set. Each wait is shortened at random by up to a half.
     *
     * @param first the first wait, at least 1 ns
     * @param longest the longest wait, at least the first
     * @return this builder
     * @throws IllegalArgumentException if a duration is out of range
     */
    public ResponseCacheBuilder<V> retryAfter(Duration first, Duration longest) {
        Durations.positive("first", first);
        if (Objects.requireNonNull(longest, "longest").compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "the longest wait must be at least the first, " + first + ", but was " + longest);
        }
        this.firstRetry = first;
        this.maxRetry = longest;
        return this;
    }

    /**
     * Has failures of a type remembered, so that callers get them without a load. It may be called for several types; of
     * several that apply, the most special counts. A load that has overrun its deadline has failed with a
     * {@link java.util.concurrent.TimeoutException}. Where there is a stale value that may be used, that is used instead.
     *
     * @param type the type, with those derived from it
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
     * Has failures of a type say that there is nothing any more, as a backend's "not found" does. The cache removes the value
     * that it has kept for the key, and all callers who wait for the load get the failure, whatever
     * {@link #staleIfError} says. It may be called for several types; of several that apply, here or in
     * {@link #rememberFailures}, the most special counts, and for one type the last call.
     *
     * @param type the type, with those derived from it
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
     * Sets how many bytes a remembered failure counts for {@link #maxBytes}. If it is not set, an estimate counts the
     * messages, stack frames, causes and suppressed failures. A failure that is above the largest entry is not remembered. An
     * exception type that holds more, as a whole response, needs its own weigher.
     *
     * @param weigher from a failure to its bytes, zero or more
     * @return this builder
     */
    public ResponseCacheBuilder<V> failureWeigher(ToLongFunction<Throwable> weigher) {
        this.failureWeigher = Objects.requireNonNull(weigher, "weigher");
        return this;
    }

    /**
     * Sets how long the cache remembers of a key that its last answers were not for the cache: 1 min if it is not set. After
     * one such answer callers still share the next load. After two in a row each caller loads alone, at once, rather than wait
     * for an answer that only another caller would get. The next answer that is for the cache ends this. Such answers never
     * displace a value that the cache may still use.
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
     * Sets the tags of values, by which they can be invalidated: none if it is not set.
     *
     * @param tags from a value to its tags
     * @return this builder
     */
    public ResponseCacheBuilder<V> tags(Function<? super V, ? extends Collection<String>> tags) {
        this.tags = Objects.requireNonNull(tags, "tags");
        return this;
    }

    /**
     * Sets how long a load may take, with its wait for a place: 10 s if it is not set.
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
     * Sets the most loads at once, over all keys: 64 if it is not set. A load that was given up counts until its loader has
     * ended.
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
     * Sets the most loads that wait for a place: 1,000 if it is not set. Further ones are refused.
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
     * Sets who is told of loads and failures: nobody if it is not set.
     *
     * @param listener who is told
     * @return this builder
     */
    public ResponseCacheBuilder<V> listener(CacheListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /**
     * Sets the executor whose threads call loaders: daemon threads that all caches share, as many as there are loads, if it is
     * not set. One with fewer threads than the most loads at once lets loads wait. A load that a loader asks for needs a
     * thread beside that of its loader. The executor should not run loads on the thread that hands them over, as
     * {@link java.util.concurrent.ThreadPoolExecutor.CallerRunsPolicy} has it: that caller cannot give up then, and its thread runs
     * other callers' loads, too.
     *
     * @param executor the executor
     * @return this builder
     */
    public ResponseCacheBuilder<V> executor(Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
        return this;
    }

    /**
     * Sets how what belongs to a caller's thread comes to the thread that calls a loader: not at all if it is not set. When a
     * load begins, the cache calls this function on the thread of the caller for whom it begins, and a load's thread runs the
     * task that the function returns.
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
     * <p>Callers who join a load get what was loaded in the context of the caller who began it. So the context should not
     * decide what is loaded: that is for the key.
     *
     * @param context from a load to the task that runs it, once, before the task returns
     * @return this builder
     */
    public ResponseCacheBuilder<V> carryContext(UnaryOperator<Runnable> context) {
        this.context = Objects.requireNonNull(context, "context");
        return this;
    }

    /**
     * Sets the time by which values age and loads are overdue: the system's if it is not set.
     *
     * @param time the time
     * @return this builder
     */
    public ResponseCacheBuilder<V> timeSource(TimeSource time) {
        this.time = Objects.requireNonNull(time, "time");
        return this;
    }

    /**
     * Sets where chance comes from: {@link ThreadLocalRandom} if it is not set.
     *
     * @param random the generator, which must bear several threads
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
     * @throws IllegalStateException if there is a largest entry, but no bound on bytes, or it is above that
     */
    public ResponseCache<V> build() {
        return new ResponseCache<>(settings());
    }

    /** What was set so far, checked as a whole. */
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
                firstRetry,
                maxRetry,
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
