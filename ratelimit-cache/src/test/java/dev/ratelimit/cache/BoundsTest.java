package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How much a cache holds, whoever fills it. */
class BoundsTest {

    private static final int KEY_BYTES = CacheKey.of(Scope.shared(), 1).length();

    private static final long FLOODED_BYTES = 400_000;
    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final String VALUES = "x".repeat(1_500);

    private final Bench bench = new Bench();

    @Test
    void aFloodOfKeysKeepsToTheBoundOnEntries() {
        ResponseCache<String> cache = bench.builder().maxEntries(100).build();
        for (int i = 0; i < 10_000; i++) {
            cache.get(CacheKey.of(Scope.shared(), i), () -> "v");
        }

        CacheStatistics statistics = cache.statistics();
        assertThat(statistics.entries()).isBetween(95L, 100L);
        assertThat(statistics.evictedForSize()).isEqualTo(10_000 - statistics.entries());
    }

    @Test
    void aFloodOfValuesOfAllSizesKeepsToBothBounds() {
        ResponseCache<String> cache = bench.builder()
                .maxEntries(1_000)
                .maxBytes(1_000_000, String::length)
                .build();
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            String value = "x".repeat(random.nextInt(20_000));
            cache.get(CacheKey.of(Scope.shared(), i), () -> value);
            CacheStatistics statistics = cache.statistics();
            assertThat(statistics.bytes()).isLessThanOrEqualTo(1_000_000);
            assertThat(statistics.entries()).isLessThanOrEqualTo(1_000);
        }
        assertThat(cache.statistics().bytes()).as("the room is used").isGreaterThan(800_000);
    }

    /** Nobody is asked for the figures here, which would make room first. */
    @Test
    void aFloodByManyThreadsIsNeverMoreThanAFewPercentAbove() throws Exception {
        ResponseCacheBuilder<String> builder = bench.builder().maxBytes(FLOODED_BYTES, String::length);
        Store<String> store = new Store<>(
                builder.settings(), new LatestReading(() -> 0), new SafeCacheListener("test", null, new Counters()));

        long most = mostBytes((number, value) -> {
            store.change(CacheKey.of(Scope.shared(), number), before -> entry(value));
            return store.bytes();
        });
        assertThat(most).isBetween(FLOODED_BYTES * 9 / 10, FLOODED_BYTES * 105 / 100);
    }

    /** Caffeine by itself, as far as its listener has told. */
    @Test
    void aCacheThatLeavesOthersToMakeRoomIsCaught() throws Exception {
        AtomicLong bytes = new AtomicLong();
        Cache<Integer, String> caffeine = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumWeight(FLOODED_BYTES)
                .weigher((Integer key, String value) -> value.length())
                .removalListener((key, value, cause) -> bytes.addAndGet(value == null ? 0 : -value.length()))
                .build();

        long most = mostBytes((number, value) -> {
            bytes.addAndGet(value.length());
            caffeine.put(number, value);
            return bytes.get();
        });
        assertThat(most).isGreaterThan(FLOODED_BYTES * 105 / 100);
    }

    /** Keeps a value, and tells how many bytes there are then. */
    private interface Keeper {
        long keep(int number, String value);
    }

    private static long mostBytes(Keeper keeper) throws Exception {
        AtomicLong most = new AtomicLong();
        AtomicInteger numbers = new AtomicInteger();
        List<FutureTask<Void>> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Random random = new Random(i);
            FutureTask<Void> task = new FutureTask<>(() -> {
                for (int round = 0; round < 100_000; round++) {
                    String value = VALUES.substring(random.nextInt(VALUES.length()));
                    most.accumulateAndGet(keeper.keep(numbers.incrementAndGet(), value), Math::max);
                }
                return null;
            });
            threads.add(task);
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            thread.start();
        }
        for (FutureTask<Void> task : threads) {
            task.get();
        }
        return most.get();
    }

    private static Slot<String> entry(String value) {
        return new Slot.Entry<>(value, 0, HOUR, HOUR, HOUR, HOUR, 1, Set.of(), value.length(), null);
    }

    @Test
    void rememberedFailuresAreBoundedToo() {
        ResponseCache<String> cache = bench.builder()
                .maxBytes(100_000, String::length)
                .rememberFailures(IllegalStateException.class, Duration.ofHours(1))
                .build();
        for (int i = 0; i < 5_000; i++) {
            CompletableFuture<Cached<String>> failed = cache.getAsync(
                            CacheKey.of(Scope.shared(), i),
                            () -> CompletableFuture.failedFuture(new IllegalStateException()))
                    .toCompletableFuture();
            assertThat(failed).isCompletedExceptionally();
        }
        assertThat(cache.statistics().bytes()).isBetween(1L, 100_000L);
    }

    @Test
    void bytesAreCountedExactlyAndGivenBack() {
        ResponseCache<String> cache =
                bench.builder().maxBytes(100_000, String::length).build();
        CacheKey key = CacheKey.of(Scope.shared(), 1);

        cache.put(key, "12345");
        assertThat(cache.statistics().bytes()).isEqualTo(5 + KEY_BYTES + Weights.OVERHEAD);
        cache.put(key, "123");
        assertThat(cache.statistics().bytes()).isEqualTo(3 + KEY_BYTES + Weights.OVERHEAD);
        cache.invalidate(key);
        assertThat(cache.statistics().bytes()).isZero();
        cache.put(key, "123");
        bench.seconds(11);
        assertThat(cache.peek(key)).isEmpty();
        bench.seconds(10);
        cache.put(key, "1");
        assertThat(cache.statistics().bytes()).isEqualTo(1 + KEY_BYTES + Weights.OVERHEAD);
        assertThat(cache.statistics().expired()).isEqualTo(1);
    }

    @Test
    void whatIsTooLargePassesThroughAndIsCounted() {
        ResponseCache<String> cache = bench.builder()
                .maxBytes(100_000, String::length)
                .maxEntryBytes(10 + KEY_BYTES + Weights.OVERHEAD)
                .build();
        CacheKey key = CacheKey.of(Scope.shared(), 1);

        CompletableFuture<Cached<String>> first =
                cache.getAsync(key, bench::ask).toCompletableFuture();
        CompletableFuture<Cached<String>> second =
                cache.getAsync(key, bench::ask).toCompletableFuture();
        bench.asked.get(0).complete("12345678901");
        assertThat(first.join().value()).isEqualTo("12345678901");
        assertThat(second.join().state()).isEqualTo(CacheState.COALESCED);
        assertThat(cache.peek(key)).isEmpty();
        assertThat(cache.statistics().tooLarge()).isEqualTo(1);

        assertThat(cache.put(key, "1234567890")).isTrue();
        assertThat(cache.put(key, "12345678901")).isFalse();
        assertThat(cache.peek(key)).as("what was before is not true any more").isEmpty();
    }

    @Test
    void badSettingsAreOneClearError() {
        ResponseCacheBuilder<String> builder = ResponseCache.builder("test");

        assertThatIllegalArgumentException().isThrownBy(() -> ResponseCache.builder(""));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxEntries(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxBytes(1_023, String::length));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.jitter(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.freshFor(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.staleIfError(Duration.ofNanos(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.retryAfter(Duration.ofSeconds(2), Duration.ofSeconds(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxLoads(0));
        assertThatIllegalStateException()
                .isThrownBy(() -> builder.maxEntryBytes(10).build())
                .withMessageContaining("maxBytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResponseCaches.of(
                        bench.builder().build(), bench.builder().build()))
                .withMessageContaining("\"test\"");
    }
}
