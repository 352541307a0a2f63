package dev.ratelimit.cache.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.cache.Bench;
import dev.ratelimit.cache.CacheState;
import dev.ratelimit.cache.Cached;
import dev.ratelimit.cache.Freshness;
import dev.ratelimit.cache.ReadOptions;
import dev.ratelimit.cache.ResponseCache;
import dev.ratelimit.cache.ResponseCacheBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * One odd request, or one odd answer, changes nothing for the others. In virtual time 60,000 requests for one key come, ten a second;
 * the backend takes 250 ms for each answer, which is fresh for five minutes.
 */
class OddRequestsTest {

    private static final int REQUESTS = 60_000;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration TAKEN = Duration.ofMillis(250);
    private static final int A_MINUTE = 600;

    /** The requests come for 100 minutes. */
    private static final int LEAST_LOADS = 20;

    private final Bench bench = new Bench();
    private final Random random = new Random(1);
    private final List<CompletableFuture<Cached<String>>> ordinary = new ArrayList<>();
    private final List<CompletableFuture<Cached<String>>> odd = new ArrayList<>();
    private final long begun = bench.time.nanos();
    private Duration fresh = Duration.ofMinutes(5);
    private int calls;

    private ResponseCacheBuilder<String> builder() {
        return bench.builder().freshness(value -> switch (value) {
            case "private" -> Freshness.uncacheable();
            case "503" -> Freshness.error();
            default -> Freshness.of(fresh);
        });
    }

    private void run(ResponseCache<String> cache, Supplier<String> backend, Runnable everyMinute) {
        run(cache, backend, A_MINUTE, everyMinute);
    }

    /** Each request is an ordinary one, and now and then there is an odd one between them. */
    private void run(ResponseCache<String> cache, Supplier<String> backend, int every, Runnable odd) {
        for (int i = 0; i < REQUESTS; i++) {
            if (i % every == every / 2) {
                odd.run();
            }
            ordinary.add(cache.getAsync(bench.key, () -> ask(backend)).toCompletableFuture());
            bench.after(PAUSE);
        }
        bench.seconds(1);
    }

    private CompletionStage<String> ask(Supplier<String> backend) {
        calls++;
        CompletableFuture<String> answer = new CompletableFuture<>();
        bench.time.schedule(bench.time.nanos() + TAKEN.toNanos(), () -> answer.complete(backend.get()));
        return answer;
    }

    /** The share of ordinary requests for which the backend was not asked. */
    private double spared() {
        return ordinary.stream()
                        .map(CompletableFuture::join)
                        .filter(answer -> answer.state() != CacheState.MISS && answer.state() != CacheState.BYPASS)
                        .count()
                / (double) REQUESTS;
    }

    @Test
    void aClientThatWantsNothingStoredConcernsNobodyElse() {
        ResponseCache<String> cache = builder().build();
        ReadOptions noCacheNoStore = ReadOptions.any().maxAge(Duration.ZERO).noStore();
        run(
                cache,
                () -> "v",
                () -> odd.add(cache.getAsync(bench.key, noCacheNoStore, () -> ask(() -> "private"))
                        .toCompletableFuture()));

        assertThat(spared()).isGreaterThanOrEqualTo(0.999);
        assertThat(calls - odd.size()).isLessThanOrEqualTo(LEAST_LOADS);
        assertThat(odd).allMatch(answer -> answer.join().value().equals("private"));
    }

    /** The application says nothing of the request, only of its answer: it is not for the cache. */
    @Test
    void aClientWhoseAnswersAreItsOwnConcernsNobodyElse() {
        ResponseCache<String> cache =
                builder().staleIfError(Duration.ofHours(1)).build();
        ReadOptions noCache = ReadOptions.any().maxAge(Duration.ZERO);
        // More often than the cache forgets that an answer was not for it.
        run(cache, () -> "v", A_MINUTE / 6, () -> {
            odd.add(cache.getAsync(bench.key, noCache, () -> ask(() -> "private"))
                    .toCompletableFuture());
            odd.add(cache.getAsync(bench.key, noCache.ownLoad(), () -> ask(() -> "private"))
                    .toCompletableFuture());
        });

        assertThat(spared()).isGreaterThanOrEqualTo(0.999);
        assertThat(calls - odd.size()).isLessThanOrEqualTo(LEAST_LOADS);
    }

    /** An attacker sends odd requests only: the backend sees these, and what it sees of the others anyhow. */
    @Test
    void anAttackerAddsNoMoreThanItsOwnRequests() {
        ResponseCache<String> cache = builder().build();
        List<ReadOptions> attacks = List.of(
                ReadOptions.any().maxAge(Duration.ZERO).ownLoad(),
                ReadOptions.any().maxAge(Duration.ZERO).noStore(),
                ReadOptions.any().minFresh(Duration.ofHours(1)).ownLoad());
        for (int i = 0; i < REQUESTS; i++) {
            ordinary.add(cache.getAsync(bench.key, () -> ask(() -> "v")).toCompletableFuture());
            ReadOptions attack = attacks.get(random.nextInt(attacks.size()));
            String answer = random.nextBoolean() ? "private" : "503";
            odd.add(cache.getAsync(bench.key, attack, () -> ask(() -> answer)).toCompletableFuture());
            bench.after(PAUSE);
        }
        bench.seconds(1);

        assertThat(calls - odd.size()).isLessThanOrEqualTo(LEAST_LOADS);
        assertThat(spared()).isGreaterThanOrEqualTo(0.999);
    }

    /** One for all, and one of those who have loads of their own: these may bring nothing for the others. */
    @Test
    void staleReadsWithLoadsOfTheirOwnBeginOneRefreshAtATime() {
        ResponseCache<String> cache =
                bench.builder().staleWhileRevalidate(Duration.ofHours(1)).build();
        cache.put(bench.key, "v");
        bench.seconds(11);
        for (int i = 0; i < 10; i++) {
            CompletableFuture<Cached<String>> stale = cache.getAsync(
                            bench.key, ReadOptions.any().ownLoad(), bench::ask)
                    .toCompletableFuture();
            assertThat(stale.join().state()).isEqualTo(CacheState.STALE);
        }
        assertThat(bench.asked).hasSize(1);
        assertThat(cache.getAsync(bench.key, bench::ask).toCompletableFuture()).isCompleted();
        assertThat(bench.asked)
                .as("a client of its own load holds up no refresh for all")
                .hasSize(2);

        bench.asked.get(0).complete("mine");
        assertThat(cache.getAsync(bench.key, ReadOptions.any().ownLoad(), bench::ask)
                        .toCompletableFuture())
                .isCompleted();
        assertThat(bench.asked).as("fresh again").hasSize(2);
        bench.seconds(11);
        assertThat(cache.getAsync(bench.key, ReadOptions.any().ownLoad(), bench::ask)
                        .toCompletableFuture())
                .isCompleted();
        cache.invalidate(bench.key);
        cache.put(bench.key, "w");
        bench.seconds(11);
        assertThat(cache.getAsync(bench.key, ReadOptions.any().ownLoad(), bench::ask)
                        .toCompletableFuture())
                .isCompleted();
        assertThat(bench.asked)
                .as("what was invalidated meanwhile counts no more")
                .hasSize(4);
    }

    @Test
    void aCookieOnATenthOfTheAnswersLeavesTheOthersInTheCache() {
        ResponseCache<String> cache = builder().build();
        run(cache, () -> random.nextInt(10) == 0 ? "private" : "v", () -> {});

        assertThat(spared()).isGreaterThanOrEqualTo(0.999);
        assertThat(calls).isBetween(LEAST_LOADS, LEAST_LOADS * 3 / 2);
    }

    @Test
    void anErrorForASecondAMinuteReachesNobodyWhileAStaleValueIsAllowed() {
        fresh = Duration.ofMinutes(1);
        ResponseCache<String> cache =
                builder().staleIfError(Duration.ofMinutes(10)).build();
        run(cache, this::failsForASecondAMinute, () -> {});

        assertThat(ordinary).noneMatch(answer -> answer.join().value().equals("503"));
        assertThat(calls).isLessThanOrEqualTo(5 * LEAST_LOADS + 10);
        assertThat(cache.statistics().loadFailures())
                .as("the trouble was there")
                .isPositive();
    }

    @Test
    void anErrorForASecondAMinuteEndsWithItWhereNoStaleValueIsAllowed() {
        fresh = Duration.ofMinutes(1);
        ResponseCache<String> cache = builder().build();
        run(cache, this::failsForASecondAMinute, () -> {});

        assertThat(ordinary).anyMatch(answer -> answer.join().value().equals("503"));
        assertThat(calls).isLessThanOrEqualTo(5 * LEAST_LOADS + 10);
    }

    /** A load falls into the bad second now and then, as the loads themselves take a part of each minute. */
    private String failsForASecondAMinute() {
        long seconds = (bench.time.nanos() - begun) / 1_000_000_000L % 60;
        return seconds == 20 ? "503" : "v";
    }

    /** Forgets the value when an answer is not for the cache. */
    @Test
    void aCacheWhoseMarkerDisplacesTheValueIsCaught() {
        ResponseCache<String> cache = builder().build();
        run(cache, () -> "v", () -> {
            cache.invalidate(bench.key);
            odd.add(cache.getAsync(bench.key.plus("odd"), () -> ask(() -> "private"))
                    .toCompletableFuture());
        });

        assertThat(spared()).isLessThan(0.999);
        assertThat(calls - odd.size()).isGreaterThan(LEAST_LOADS);
    }
}
