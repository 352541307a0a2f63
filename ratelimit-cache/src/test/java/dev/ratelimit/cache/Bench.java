package dev.ratelimit.cache;

import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A cache on virtual time whose loads run on the thread that begins them, and what a test needs around it. */
public final class Bench {

    public final ManualTime time = new ManualTime(Long.MAX_VALUE - 5_000_000_000L);
    public final List<CompletableFuture<String>> asked = new ArrayList<>();
    public final CacheKey key = CacheKey.of(Scope.shared(), "product", 17);

    public Bench() {}

    public ResponseCacheBuilder<String> builder() {
        return ResponseCache.<String>builder("test")
                .executor(Runnable::run)
                .timeSource(time)
                .jitter(0)
                .freshFor(Duration.ofSeconds(10));
    }

    /** A backend that is asked, and answers when the test says so. */
    public CompletableFuture<String> ask() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    public void after(Duration duration) {
        time.advance(duration);
    }

    public void seconds(long seconds) {
        time.advance(Duration.ofSeconds(seconds));
    }

    /** Lets other threads at the processor where a race is to be lost: the tests hold whether or not it does. */
    @SuppressWarnings("ThreadPriorityCheck") // only makes a race more likely
    public static void stepAside() {
        Thread.yield();
    }

    public static final class BackendDown extends RuntimeException {
        private static final long serialVersionUID = 1;

        public BackendDown() {
            super("down");
        }
    }
}
