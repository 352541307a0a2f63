package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Why values go: each cause is counted, and told to the listener. */
class RemovalsTest {

    private final Bench bench = new Bench();
    private final List<Removal> told = new ArrayList<>();
    private final CacheListener listener = new CacheListener() {
        @Override
        public void removed(String cache, Removal cause) {
            told.add(cause);
        }
    };

    @Test
    void whatHasToGoForOthers() {
        ResponseCache<String> cache =
                bench.builder().maxEntries(2).listener(listener).build();
        for (int i = 0; i < 5; i++) {
            cache.put(bench.key.plus(i), "v");
        }

        assertThat(cache.statistics().evictedForSize()).isEqualTo(3);
        assertThat(told).containsExactly(Removal.SIZE, Removal.SIZE, Removal.SIZE);
    }

    @Test
    void whatIsOfNoUseAnyMore() {
        ResponseCache<String> cache = bench.builder().listener(listener).build();
        cache.put(bench.key, "v");
        bench.seconds(20);
        cache.put(bench.key.plus("other"), "v");

        assertThat(cache.statistics().expired()).isEqualTo(1);
        assertThat(told).containsExactly(Removal.EXPIRED);
    }

    @Test
    void whatIsInvalidatedOrHasASuccessorThatIsNotKept() {
        ResponseCache<String> cache = bench.builder()
                .maxBytes(10_000, String::length)
                .tags(value -> List.of("tag"))
                .listener(listener)
                .build();
        cache.put(bench.key, "v");
        cache.invalidate(bench.key);
        cache.invalidate(bench.key);
        cache.put(bench.key, "v");
        cache.invalidateTag("tag");
        cache.put(bench.key, "v");
        cache.put(bench.key, "x".repeat(20_000));

        assertThat(cache.statistics().invalidated()).isEqualTo(3);
        assertThat(told).containsExactly(Removal.INVALIDATED, Removal.INVALIDATED, Removal.INVALIDATED);
    }

    @Test
    void whatIsReplacedAndNotWhatOnlyCouldNotBeRenewed() {
        ResponseCache<String> cache = bench.builder()
                .staleIfError(Duration.ofHours(1))
                .freshness(value ->
                        value.equals("private") ? Freshness.uncacheable() : Freshness.of(Duration.ofSeconds(10)))
                .listener(listener)
                .build();
        cache.put(bench.key, "v");
        cache.put(bench.key, "v");
        bench.seconds(11);
        assertThat(cache.get(bench.key, () -> {
                            throw new Bench.BackendDown();
                        })
                        .state())
                .isEqualTo(CacheState.STALE);
        assertThat(told).containsExactly(Removal.REPLACED);

        cache.put(bench.key, "private");
        assertThat(cache.statistics().replaced()).isEqualTo(2);
        assertThat(told).containsExactly(Removal.REPLACED, Removal.REPLACED);
    }

    @Test
    void whatIsMarkedIsNotReplaced() {
        ResponseCache<String> cache = bench.builder()
                .staleIfError(Duration.ofHours(1))
                .freshness(value ->
                        value.equals("private") ? Freshness.uncacheable() : Freshness.of(Duration.ofSeconds(10)))
                .listener(listener)
                .build();
        cache.put(bench.key, "v");
        bench.seconds(11);
        assertThat(cache.get(bench.key, () -> "private").isKept()).isFalse();

        assertThat(cache.peek(bench.key)).isPresent();
        assertThat(told).isEmpty();
    }

    @Test
    void whatElseIsRememberedOfAKeyIsNoValue() {
        ResponseCache<String> cache = bench.builder()
                .rememberFailures(Bench.BackendDown.class, Duration.ofSeconds(5))
                .listener(listener)
                .build();
        assertThatThrownBy(() -> cache.get(bench.key, () -> {
                    throw new Bench.BackendDown();
                }))
                .isInstanceOf(LoadFailedException.class);
        cache.put(bench.key, "v");

        assertThat(told).isEmpty();
        assertThat(cache.statistics().replaced()).isZero();
    }
}
