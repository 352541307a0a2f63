package dev.ratelimit.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.CacheState;
import dev.ratelimit.cache.Cached;
import dev.ratelimit.cache.ResponseCache;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * The cost of a value that is in the response cache, beside that of a look into a Caffeine of the same bound and
 * lifetime, and the cost of joining a load.
 *
 * <p>One hot key, made beforehand and the same for both: what a key and its place in memory cost would hide what the
 * cache adds. The response cache counts hits and returns their age; the floor does neither.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // setUp() is the constructor that JMH knows
public class ResponseCacheBenchmark extends BenchmarkDefaults {

    private static final int ENTRIES = 10_000;
    private static final Duration LIFETIME = Duration.ofHours(1);
    private static final String PRODUCT = "0f8a2c9e-4b7d-4e63-9a51-7c2f6d80b3e4";

    private final Callable<String> neverCalled = () -> {
        throw new IllegalStateException("a hit asks nobody");
    };

    private CacheKey key;
    private CacheKey missing;
    private Cache<CacheKey, String> caffeine;
    private ResponseCache<String> cache;
    private ResponseCache<String> loading;
    private long wrong;

    /** Makes both caches, and puts one value in each. */
    @Setup
    public void setUp() {
        key = CacheKey.of(dev.ratelimit.cache.Scope.shared(), "product", PRODUCT);
        missing = CacheKey.of(dev.ratelimit.cache.Scope.shared(), "product", "missing");
        caffeine = Caffeine.newBuilder()
                .maximumSize(ENTRIES)
                .expireAfterWrite(LIFETIME)
                .build();
        caffeine.put(key, "kept");
        cache = ResponseCache.<String>builder("products")
                .maxEntries(ENTRIES)
                .freshFor(LIFETIME)
                .build();
        check(cache.put(key, "kept"), "the value was not kept");
        loading = ResponseCache.<String>builder("loading")
                .maxEntries(ENTRIES)
                .freshFor(LIFETIME)
                .executor(Runnable::run)
                .build();
        wrong = 0;
    }

    /**
     * What a hit cannot go below.
     *
     * @return the value
     */
    @Benchmark
    public @Nullable String floorCaffeine() {
        return caffeine.getIfPresent(key);
    }

    /**
     * The same by two threads.
     *
     * @return the value
     */
    @Benchmark
    @Threads(2)
    public @Nullable String floorCaffeineTwoThreads() {
        return caffeine.getIfPresent(key);
    }

    /**
     * A value that is there.
     *
     * @return the answer
     */
    @Benchmark
    public Cached<String> hit() {
        return cache.get(key, neverCalled);
    }

    /**
     * The same by two threads, which count on the same statistics.
     *
     * @return the answer
     */
    @Benchmark
    @Threads(2)
    public Cached<String> hitTwoThreads() {
        return cache.get(key, neverCalled);
    }

    /**
     * A value that is there, by a key that is made for the call.
     *
     * @return the answer
     */
    @Benchmark
    public Cached<String> hitNewKey() {
        return cache.get(CacheKey.of(dev.ratelimit.cache.Scope.shared(), "product", PRODUCT), neverCalled);
    }

    /**
     * A load that nobody else waits for, and what invalidates it: what is below {@link #coalesced()}. Its loader
     * answers at once, so there is no hand-over to a thread.
     *
     * @return the answer
     */
    @Benchmark
    public Cached<String> alone() {
        CompletableFuture<String> response = new CompletableFuture<>();
        CompletableFuture<Cached<String>> first =
                loading.getAsync(missing, () -> response).toCompletableFuture();
        response.complete("loaded");
        loading.invalidate(missing);
        return expect(CacheState.MISS, first);
    }

    /**
     * The same load with a second caller, who joins it.
     *
     * @return the second caller's answer
     */
    @Benchmark
    public Cached<String> coalesced() {
        CompletableFuture<String> response = new CompletableFuture<>();
        CompletableFuture<Cached<String>> first =
                loading.getAsync(missing, () -> response).toCompletableFuture();
        CompletableFuture<Cached<String>> second =
                loading.getAsync(missing, CompletableFuture::new).toCompletableFuture();
        response.complete("loaded");
        loading.invalidate(missing);
        expect(CacheState.MISS, first);
        return expect(CacheState.COALESCED, second);
    }

    private Cached<String> expect(CacheState state, CompletableFuture<Cached<String>> asked) {
        Cached<String> answer = asked.join();
        if (answer.state() != state) {
            wrong++;
        }
        return answer;
    }

    /** Fails if an answer was not the one that the benchmark's name says. */
    @TearDown
    public void checkAnswers() {
        check(wrong == 0, wrong + " answers came another way");
        check(cache.statistics().cacheFailures() == 0, "the cache failed");
    }
}
