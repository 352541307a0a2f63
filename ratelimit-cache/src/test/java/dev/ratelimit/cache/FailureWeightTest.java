package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Remembered failures and tags count for the bound on bytes as what they hold. */
class FailureWeightTest {

    private static final int BOUND = 4 << 20;
    private static final int MESSAGE = 100_000;

    private final Bench bench = new Bench();

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message, null, false, false);
        }
    }

    private ResponseCacheBuilder<String> builder() {
        return bench.builder().maxBytes(BOUND, String::length).rememberFailures(Refused.class, Duration.ofHours(1));
    }

    /** Asks for this many keys, and how many of the failures are remembered afterwards. */
    private long remembered(ResponseCache<String> cache, int count) {
        for (int i = 0; i < count; i++) {
            CacheKey key = bench.key.plus(i);
            assertThatThrownBy(() -> cache.get(key, () -> {
                        throw new Refused("x".repeat(MESSAGE));
                    }))
                    .isInstanceOf(LoadFailedException.class);
        }
        return cache.statistics().entries();
    }

    @Test
    void threeThousandFailuresOfAHundredKilobytesKeepToTheBound() {
        ResponseCache<String> cache = builder().build();
        long remembered = remembered(cache, 3_000);

        assertThat(remembered).isBetween(10L, (long) BOUND / (2 * MESSAGE));
        assertThat(cache.statistics().bytes()).isBetween(remembered * 2 * MESSAGE, (long) BOUND);
    }

    /** The cache of before counted a failure as 160 bytes and its key. */
    @Test
    void aCacheThatWeighsOnlyTheKeyIsCaught() {
        ResponseCache<String> cache = builder().failureWeigher(failure -> 0).build();
        assertThat(remembered(cache, 3_000)).isEqualTo(3_000);
    }

    @Test
    void aFailureAboveTheLargestEntryIsNotRemembered() {
        ResponseCache<String> cache = builder().maxEntryBytes(MESSAGE).build();
        assertThat(remembered(cache, 3)).isZero();
    }

    @Test
    void aFailureAboveTheLargestEntryStillRemovesWhatIsGone() {
        ResponseCache<String> cache = bench.builder()
                .maxBytes(BOUND, String::length)
                .maxEntryBytes(MESSAGE)
                .gone(Refused.class, Duration.ofHours(1))
                .build();
        cache.put(bench.key.plus(0), "v");
        bench.seconds(10);
        assertThat(remembered(cache, 1)).isZero();
    }

    @Test
    void aWeigherThatThrowsFailsNoRequestAndNothingIsRemembered() {
        ResponseCache<String> cache = builder()
                .failureWeigher(failure -> {
                    throw new IllegalStateException("trouble");
                })
                .build();
        assertThat(remembered(cache, 2)).isZero();
        assertThat(cache.statistics().cacheFailures()).isEqualTo(2);
    }

    @Test
    void theEstimateCountsMessagesFramesCausesAndWhatIsSuppressedEachOnce() {
        Throwable plain = new Refused("");
        assertThat(FailureWeight.estimate(plain)).isBetween(50L, 200L);
        assertThat(FailureWeight.estimate(new Refused("x".repeat(1_000))))
                .isEqualTo(FailureWeight.estimate(plain) + 2_000);

        Exception outer = new Exception("outer", new Exception("x".repeat(1_000)));
        outer.addSuppressed(new Exception("x".repeat(1_000)));
        long frames = 3L * outer.getStackTrace().length;
        assertThat(FailureWeight.estimate(outer)).isBetween(4_000 + 50 * frames, 5_000 + 200 * frames);

        Exception first = new Exception("first");
        Exception second = new Exception("second", first);
        first.initCause(second);
        assertThat(FailureWeight.estimate(first)).isLessThan(10_000 + 400L * first.getStackTrace().length);
    }

    @Test
    void tagsCount() {
        List<String> tags =
                IntStream.range(0, 100).mapToObj(i -> i + "x".repeat(1_000)).toList();
        ResponseCache<String> tagged = bench.builder()
                .maxBytes(BOUND, String::length)
                .tags(value -> tags)
                .build();
        tagged.put(bench.key, "v");
        assertThat(tagged.statistics().bytes()).isBetween(200_000L, 220_000L);
    }
}
