package dev.ratelimit.cache;

import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A cache on virtual time whose loads run on the thread that begins them, and what a test needs around it. */
final class Bench {

    final ManualTime time = new ManualTime(Long.MAX_VALUE - 5_000_000_000L);
    final List<CompletableFuture<String>> asked = new ArrayList<>();
    final CacheKey key = CacheKey.of(Scope.shared(), "product", 17);

    ResponseCacheBuilder<String> builder() {
        return ResponseCache.<String>builder("test")
                .executor(Runnable::run)
                .timeSource(time)
                .jitter(0)
                .freshFor(Duration.ofSeconds(10));
    }

    /** A backend that is asked, and answers when the test says so. */
    CompletableFuture<String> ask() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    void after(Duration duration) {
        time.advance(duration);
    }

    void seconds(long seconds) {
        time.advance(Duration.ofSeconds(seconds));
    }

    /** Lets other threads at the processor where a race is to be lost: the tests hold whether or not it does. */
    @SuppressWarnings("ThreadPriorityCheck") // only makes a race more likely
    static void stepAside() {
        Thread.yield();
    }

    static final class BackendDown extends RuntimeException {
        private static final long serialVersionUID = 1;

        BackendDown() {
            super("down");
        }
    }
}
