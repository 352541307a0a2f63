package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * A caller's thread stops while it reads the time, and meanwhile another stores a value that is never fresh. At the
 * reading from before, the value would still be fresh: it must be no hit.
 */
class LateReadingTest {

    private static final CacheKey KEY = CacheKey.of(Scope.shared(), "a");

    private final AtomicLong nanos = new AtomicLong(1_000_000_000);
    private final AtomicInteger readings = new AtomicInteger();
    private int stopAt = Integer.MAX_VALUE;

    private final ResponseCache<String> cache = ResponseCache.<String>builder("test")
            .executor(Runnable::run)
            .timeSource(this::read)
            .freshness(value -> Freshness.of(Duration.ZERO).validateFor(Duration.ofMinutes(1)))
            .build();

    /** Returns the time; at one reading, another caller stores a value before this one goes on. */
    private long read() {
        long now = nanos.get();
        if (readings.incrementAndGet() == stopAt) {
            nanos.addAndGet(1_000_000);
            cache.put(KEY, "theirs");
        }
        return now;
    }

    @Test
    void aValueThatIsNeverFreshIsNoHitWhereverTheCallerStops() {
        for (int i = 1; i <= 12; i++) {
            cache.invalidate(KEY);
            nanos.addAndGet(1_000_000_000);
            stopAt = readings.get() + i;
            Cached<String> answer = cache.get(KEY, () -> "mine");
            stopAt = Integer.MAX_VALUE;
            assertThat(answer.state()).as("stopped at reading %d", i).isEqualTo(CacheState.MISS);
            assertThat(answer.value()).isEqualTo("mine");
        }
    }

    @Test
    void peekFindsNoneEither() {
        for (int i = 1; i <= 6; i++) {
            cache.invalidate(KEY);
            nanos.addAndGet(1_000_000_000);
            stopAt = readings.get() + i;
            Optional<Cached<String>> found = cache.peek(KEY);
            stopAt = Integer.MAX_VALUE;
            assertThat(found).as("stopped at reading %d", i).isEmpty();
        }
    }
}
