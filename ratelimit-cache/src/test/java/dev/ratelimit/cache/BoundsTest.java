package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How much a cache holds, whoever fills it. */
class BoundsTest {

    private static final int KEY_BYTES = CacheKey.of(Scope.shared(), 1).length();

    private final Bench bench = new Bench();

    @Test
    void aFloodOfKeysKeepsToTheBoundOnEntries() {
        ResponseCache<String> cache = bench.builder().maximumEntries(100).build();
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
                .maximumEntries(1_000)
                .maximumBytes(1_000_000, String::length)
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

    @Test
    void rememberedFailuresAreBoundedToo() {
        ResponseCache<String> cache = bench.builder()
                .maximumBytes(100_000, String::length)
                .rememberFailures(IllegalStateException.class, Duration.ofHours(1))
                .build();
        for (int i = 0; i < 5_000; i++) {
            CompletableFuture<Cached<String>> failed = cache.getAsync(
                    CacheKey.of(Scope.shared(), i), () -> CompletableFuture.failedFuture(new IllegalStateException()));
            assertThat(failed).isCompletedExceptionally();
        }
        assertThat(cache.statistics().bytes()).isBetween(1L, 100_000L);
    }

    @Test
    void bytesAreCountedExactlyAndGivenBack() {
        ResponseCache<String> cache =
                bench.builder().maximumBytes(100_000, String::length).build();
        CacheKey key = CacheKey.of(Scope.shared(), 1);

        cache.put(key, "12345");
        assertThat(cache.statistics().bytes()).isEqualTo(5 + KEY_BYTES + Keeping.OVERHEAD);
        cache.put(key, "123");
        assertThat(cache.statistics().bytes()).isEqualTo(3 + KEY_BYTES + Keeping.OVERHEAD);
        cache.invalidate(key);
        assertThat(cache.statistics().bytes()).isZero();
        cache.put(key, "123");
        bench.seconds(11);
        assertThat(cache.peek(key)).isEmpty();
        bench.seconds(10);
        cache.put(key, "1");
        assertThat(cache.statistics().bytes()).isEqualTo(1 + KEY_BYTES + Keeping.OVERHEAD);
        assertThat(cache.statistics().expired()).isEqualTo(1);
    }

    @Test
    void whatIsTooLargePassesThroughAndIsCounted() {
        ResponseCache<String> cache = bench.builder()
                .maximumBytes(100_000, String::length)
                .largestEntry(10 + KEY_BYTES + Keeping.OVERHEAD)
                .build();
        CacheKey key = CacheKey.of(Scope.shared(), 1);

        CompletableFuture<Cached<String>> first = cache.getAsync(key, bench::ask);
        CompletableFuture<Cached<String>> second = cache.getAsync(key, bench::ask);
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
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maximumEntries(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maximumBytes(1_023, String::length));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.jitter(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.freshFor(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.staleIfError(Duration.ofNanos(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.retryAfter(Duration.ofSeconds(2), Duration.ofSeconds(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maximumLoads(0));
        assertThatIllegalStateException()
                .isThrownBy(() -> builder.largestEntry(10).build())
                .withMessageContaining("maximumBytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResponseCaches.of(
                        bench.builder().build(), bench.builder().build()))
                .withMessageContaining("\"test\"");
    }
}
