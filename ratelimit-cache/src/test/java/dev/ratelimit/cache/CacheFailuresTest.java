package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong in the cache itself fails no request. */
class CacheFailuresTest {

    private final Bench bench = new Bench();

    static Stream<Named<UnaryOperator<ResponseCacheBuilder<String>>>> troubles() {
        return Stream.of(
                Named.of(
                        "a weigher that throws",
                        builder -> builder.maxBytes(10_000, value -> {
                            throw trouble();
                        })),
                Named.of("a weigher below zero", builder -> builder.maxBytes(10_000, value -> -1)),
                Named.of(
                        "freshness that throws",
                        builder -> builder.freshness(value -> {
                            throw trouble();
                        })),
                Named.of(
                        "freshness that throws an Error",
                        builder -> builder.freshness(value -> {
                            throw new StackOverflowError();
                        })),
                Named.of(
                        "tags that throw",
                        builder -> builder.tags(value -> {
                            throw trouble();
                        })),
                Named.of(
                        "chance that throws",
                        builder -> builder.jitter(0.5).random(() -> {
                            throw trouble();
                        })));
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void theLoadersValueIsTheAnswer(UnaryOperator<ResponseCacheBuilder<String>> trouble) {
        List<Throwable> told = new ArrayList<>();
        ResponseCache<String> cache = trouble.apply(bench.builder())
                .listener(new CacheListener() {
                    @Override
                    public void cacheFailed(String name, Throwable failure) {
                        told.add(failure);
                        throw new IllegalStateException("and the listener, too");
                    }
                })
                .build();

        for (int i = 0; i < 3; i++) {
            assertThat(cache.get(bench.key, () -> "v").value()).isEqualTo("v");
        }
        assertThat(cache.put(bench.key, "put")).isFalse();
        assertThat(cache.peek(bench.key)).isEmpty();
        assertThat(told).hasSize(4);
        assertThat(cache.statistics().cacheFailures()).isEqualTo(8);
        assertThat(cache.statistics().loads()).isEqualTo(3);
    }

    @Test
    void aTimeThatCannotBeReadLeavesTheLoader() {
        boolean[] broken = {false};
        TimeSource time = () -> {
            if (broken[0]) {
                throw trouble();
            }
            return 0;
        };
        ResponseCache<String> cache = bench.builder().timeSource(time).build();
        broken[0] = true;

        assertThat(cache.get(bench.key, () -> "v").state()).isEqualTo(CacheState.BYPASS);
        assertThat(cache.getAsync(bench.key, () -> CompletableFuture.completedFuture("v"))
                        .toCompletableFuture()
                        .join()
                        .state())
                .isEqualTo(CacheState.BYPASS);
        assertThat(cache.peek(bench.key)).isEmpty();
        assertThat(cache.statistics().cacheFailures()).isEqualTo(3);
    }

    static Stream<Named<Throwable>> breakages() {
        return Stream.of(
                Named.of("an exception", trouble()), Named.of("no thread", new OutOfMemoryError("no native thread")));
    }

    @ParameterizedTest
    @MethodSource("breakages")
    void anExecutorThatBreaksLeavesTheLoaderAndLosesNoPlace(Throwable breakage) {
        boolean[] broken = {true};
        ResponseCache<String> cache = bench.builder()
                .maxLoads(1)
                .maxQueuedLoads(0)
                .executor(task -> {
                    if (broken[0]) {
                        rethrow(breakage);
                    }
                    task.run();
                })
                .build();

        for (int i = 0; i < 3; i++) {
            assertThat(cache.get(bench.key, () -> "v").state()).isEqualTo(CacheState.BYPASS);
            assertThat(cache.getAsync(bench.key, () -> CompletableFuture.completedFuture("v"))
                            .toCompletableFuture()
                            .join()
                            .state())
                    .isEqualTo(CacheState.BYPASS);
        }
        assertThat(bench.time.pending()).as("timers left behind").isZero();
        broken[0] = false;
        assertThat(cache.get(bench.key, () -> "v").state()).isEqualTo(CacheState.MISS);
    }

    @ParameterizedTest
    @MethodSource("breakages")
    void aDeadlineThatCannotBeSetLeavesTheLoader(Throwable breakage) {
        boolean[] broken = {true};
        VirtualTimeSource time = new VirtualTimeSource() {
            @Override
            public long nanos() {
                return bench.time.nanos();
            }

            @Override
            public ScheduledTask schedule(long instantNanos, Runnable task) {
                if (broken[0]) {
                    rethrow(breakage);
                }
                return bench.time.schedule(instantNanos, task);
            }
        };
        ResponseCache<String> cache = bench.builder()
                .timeSource(time)
                .maxLoads(1)
                .staleWhileRevalidate(Duration.ofSeconds(10))
                .build();

        assertThat(cache.get(bench.key, () -> "v").state()).isEqualTo(CacheState.BYPASS);
        cache.put(bench.key, "v");
        bench.seconds(11);
        for (int i = 0; i < 3; i++) {
            assertThat(cache.get(bench.key, () -> "w").value())
                    .as("a refresh that cannot be begun")
                    .isEqualTo("v");
        }
        broken[0] = false;
        assertThat(cache.get(bench.key, () -> "w").state()).isEqualTo(CacheState.STALE);
        assertThat(cache.get(bench.key, () -> "x").value()).isEqualTo("w");
    }

    @Test
    void aStageThatThrowsIsAFailureOfTheLoaderAndLosesNoPlace() {
        ResponseCache<String> cache = bench.builder().maxLoads(1).build();
        CompletableFuture<String> odd = new CompletableFuture<>() {
            @Override
            public <U> CompletableFuture<U> handle(BiFunction<? super String, Throwable, ? extends U> action) {
                throw trouble();
            }
        };

        for (int i = 0; i < 3; i++) {
            assertThat(cache.getAsync(bench.key, () -> odd).toCompletableFuture())
                    .isCompletedExceptionally();
        }
        assertThat(cache.get(bench.key, () -> "v").state()).isEqualTo(CacheState.MISS);
    }

    @Test
    void theListenerIsToldOfLoads() {
        List<String> told = new ArrayList<>();
        ResponseCache<String> cache = bench.builder()
                .listener(new CacheListener() {
                    @Override
                    public void loaded(String name, Duration took) {
                        told.add(name + " " + took.toSeconds() + " s");
                    }

                    @Override
                    public void loadFailed(String name, LoadFailedException failure) {
                        told.add(name + " " + failure.reason());
                    }
                })
                .build();
        CompletableFuture<Cached<String>> first =
                cache.getAsync(bench.key, bench::ask).toCompletableFuture();
        bench.seconds(3);
        bench.asked.get(0).complete("v");
        CompletableFuture<Cached<String>> second =
                cache.getAsync(bench.key.plus(2), bench::ask).toCompletableFuture();
        bench.asked.get(1).completeExceptionally(trouble());

        assertThat(first).isCompleted();
        assertThat(second).isCompletedExceptionally();
        assertThat(told).containsExactly("test 3 s", "test FAILED");
    }

    private static void rethrow(Throwable breakage) {
        if (breakage instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) breakage;
    }

    private static IllegalStateException trouble() {
        return new IllegalStateException("trouble");
    }
}
