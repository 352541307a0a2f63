package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A backend that fails half the time, and hangs a tenth of it. */
class BackendTroubleTest {

    private static final int BOUND = 8;
    private static final int KEYS = 50;
    private static final int CALLERS = 1_000;

    private final Bench bench = new Bench();
    private final Random random = new Random(42);
    private final AtomicInteger running = new AtomicInteger();
    private int peak;

    @Test
    void callersSeeNoErrorWhileAStaleValueIsAllowedAndTheBackendNoMoreThanTheBound() {
        ResponseCache<String> cache = bench.builder()
                .staleWhileRevalidate(Duration.ofSeconds(5))
                .staleIfError(Duration.ofHours(1))
                .maxLoads(BOUND)
                .loadDeadline(Duration.ofSeconds(2))
                .random(() -> random.nextLong())
                .build();
        for (int i = 0; i < KEYS; i++) {
            cache.put(bench.key.plus(i), "first");
        }
        List<CompletableFuture<Cached<String>>> answers = new ArrayList<>();
        for (int second = 0; second < 300; second++) {
            for (int caller = 0; caller < CALLERS; caller++) {
                answers.add(cache.getAsync(bench.key.plus(random.nextInt(KEYS)), this::troubled)
                        .toCompletableFuture());
            }
            bench.seconds(1);
        }
        bench.seconds(10);

        assertThat(answers).hasSize(300 * CALLERS).noneMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(answers).allMatch(CompletableFuture::isDone);
        assertThat(peak).as("the bound is reached, and never exceeded").isEqualTo(BOUND);
        CacheStatistics statistics = cache.statistics();
        assertThat(statistics.loadFailures()).as("the trouble was there").isGreaterThan(100);
        assertThat(statistics.abandonedLoads()).isGreaterThan(10);
        assertThat(bench.time.pending()).as("timers left behind").isZero();
    }

    /** Without a stale value the same backend is felt, and without the bound it sees more at once: the test above can fail. */
    @Test
    void theTroubleIsFeltByAllWhoAreNotShielded() {
        ResponseCache<String> cache = bench.builder()
                .maxLoads(1_000)
                .loadDeadline(Duration.ofSeconds(2))
                .build();
        List<CompletableFuture<Cached<String>>> answers = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            answers.add(cache.getAsync(bench.key.plus(random.nextInt(KEYS)), this::troubled)
                    .toCompletableFuture());
        }
        bench.seconds(10);

        assertThat(answers).anyMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(peak).isEqualTo(KEYS);
    }

    /** Answers after half a second; what hangs goes on until three seconds, whoever cancels it. */
    private CompletableFuture<String> troubled() {
        peak = Math.max(peak, running.incrementAndGet());
        int fate = random.nextInt(10);
        CompletableFuture<String> answer = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                return false;
            }
        };
        long wait = fate == 0 ? 3_000_000_000L : 500_000_000L;
        bench.time.schedule(bench.time.nanos() + wait, () -> {
            running.decrementAndGet();
            if (fate <= 5) {
                answer.completeExceptionally(new Bench.BackendDown());
            } else {
                answer.complete("v");
            }
        });
        return answer;
    }
}
