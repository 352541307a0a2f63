package dev.ratelimit.cache.issues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.Cached;
import dev.ratelimit.cache.LoadFailedException;
import dev.ratelimit.cache.ResponseCache;
import dev.ratelimit.cache.Scope;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** An executor that drops loads costs each of them its deadline, and no place for ever. */
class DroppedLoadsTest {

    @Test
    void aDroppedLoadGivesItsPlaceBackAtItsDeadline() {
        ManualTime time = new ManualTime();
        AtomicBoolean drops = new AtomicBoolean(true);
        ResponseCache<String> cache = ResponseCache.<String>builder("cache")
                .freshFor(Duration.ofMinutes(1))
                .maxLoads(1)
                .loadDeadline(Duration.ofSeconds(1))
                .timeSource(time)
                .executor(task -> {
                    if (!drops.get()) {
                        task.run();
                    }
                })
                .build();
        CompletableFuture<Cached<String>> dropped = cache.getAsync(
                        CacheKey.of(Scope.shared(), "a"), () -> CompletableFuture.completedFuture("a"))
                .toCompletableFuture();
        time.advance(Duration.ofSeconds(2));
        assertThatThrownBy(dropped::join).hasCauseInstanceOf(LoadFailedException.class);

        drops.set(false);
        assertThat(cache.getAsync(CacheKey.of(Scope.shared(), "b"), () -> CompletableFuture.completedFuture("b"))
                        .toCompletableFuture())
                .isCompletedWithValueMatching(answer -> answer.value().equals("b"));
    }
}
