package dev.ratelimit.cache.issues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ratelimit.cache.Bench;
import dev.ratelimit.cache.CacheListener;
import dev.ratelimit.cache.CacheState;
import dev.ratelimit.cache.Cached;
import dev.ratelimit.cache.LoadFailedException;
import dev.ratelimit.cache.ResponseCache;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Failures and stages that throw when they are looked at: they are failures of the loader like any other. */
@Timeout(20)
class OddFailuresTest {

    /** An exception that makes its text when it is asked for, and cannot. */
    private static final class Textless extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }

        @Override
        public String toString() {
            throw new NoClassDefFoundError("no text");
        }
    }

    private final Bench bench = new Bench();
    private final List<LoadFailedException> told = new ArrayList<>();
    private final ResponseCache<String> cache = bench.builder()
            .maxLoads(1)
            .maxQueuedLoads(0)
            .listener(new CacheListener() {
                @Override
                public void loadFailed(String name, LoadFailedException failure) {
                    told.add(failure);
                }
            })
            .build();

    static Stream<Named<Supplier<CompletionStage<String>>>> waysToFail() {
        return Stream.of(
                Named.of("thrown", () -> {
                    throw new Textless();
                }),
                Named.of("of a stage", () -> CompletableFuture.failedFuture(new Textless())));
    }

    @ParameterizedTest
    @MethodSource("waysToFail")
    void aFailureWithoutTextIsToldToAllAtOnce(Supplier<CompletionStage<String>> loader) {
        for (int i = 0; i < 3; i++) {
            CompletableFuture<Cached<String>> caller =
                    cache.getAsync(bench.key, loader).toCompletableFuture();
            assertFailedBy(caller, Textless.class);
        }
        assertThat(told).hasSize(3);
        assertThat(told.get(0)).hasMessage("the load has failed (MISS): " + Textless.class.getName());
        assertThat(cache.statistics().cacheFailures()).isZero();
        assertThat(cache.statistics().loadFailures()).isEqualTo(3);
        assertThat(bench.time.pending()).as("timers left behind").isZero();
        assertThat(cache.get(bench.key, () -> "v").state()).isEqualTo(CacheState.MISS);
    }

    @Test
    void aFailureWithoutTextThatComesLaterIsToldAtOnce() {
        CompletableFuture<Cached<String>> caller =
                cache.getAsync(bench.key, bench::ask).toCompletableFuture();
        bench.asked.get(0).completeExceptionally(new Textless());

        assertFailedBy(caller, Textless.class);
        assertThat(cache.get(bench.key, () -> "v").state()).isEqualTo(CacheState.MISS);
    }

    @Test
    void aCallerThatWaitsIsToldAtOnce() {
        assertThatThrownBy(() -> cache.get(bench.key, () -> {
                    throw new Textless();
                }))
                .isInstanceOf(LoadFailedException.class)
                .extracting(Throwable::getCause)
                .isInstanceOf(Textless.class);
    }

    @Test
    void aStageThatThrowsAnErrorIsAFailureOfTheLoaderAndLosesNoPlace() {
        CompletableFuture<String> odd = new CompletableFuture<>() {
            @Override
            public <U> CompletableFuture<U> handle(BiFunction<? super String, Throwable, ? extends U> action) {
                throw new NoClassDefFoundError("odd");
            }
        };
        for (int i = 0; i < 3; i++) {
            assertFailedBy(cache.getAsync(bench.key, () -> odd).toCompletableFuture(), NoClassDefFoundError.class);
        }
        assertThat(bench.time.pending()).as("timers left behind").isZero();
        assertThat(cache.get(bench.key, () -> "v").state()).isEqualTo(CacheState.MISS);
    }

    @Test
    void aStageThatEndsTwiceHasEndedOnce() {
        CompletableFuture<String> odd = new CompletableFuture<>() {
            @Override
            public <U> CompletableFuture<U> handle(BiFunction<? super String, Throwable, ? extends U> action) {
                assertThat(action.apply("first", null)).isNull();
                assertThat(action.apply("second", null)).isNull();
                throw new IllegalStateException("third");
            }
        };
        assertThat(cache.getAsync(bench.key, () -> odd)
                        .toCompletableFuture()
                        .join()
                        .value())
                .isEqualTo("first");
        assertThat(cache.statistics().discardedResults()).isZero();
        assertThat(cache.getAsync(bench.key.plus(2), bench::ask).toCompletableFuture())
                .isNotDone();
        assertThatThrownBy(() -> cache.get(bench.key.plus(3), () -> "v"))
                .as("one place, not three")
                .isInstanceOf(LoadFailedException.class);
    }

    @Test
    void aStageThatCannotBeCancelledHoldsUpNoOther() {
        CompletableFuture<String> odd = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                throw new NoClassDefFoundError("odd");
            }
        };
        CompletableFuture<Cached<String>> caller =
                cache.getAsync(bench.key, () -> odd).toCompletableFuture();
        bench.seconds(10);
        assertThat(caller).isCompletedExceptionally();
        odd.complete("late");

        CompletableFuture<Cached<String>> other = cache.getAsync(bench.key, () -> new CompletableFuture<>() {
                    @Override
                    public boolean cancel(boolean mayInterruptIfRunning) {
                        throw new NoClassDefFoundError("odd");
                    }
                })
                .toCompletableFuture();
        cache.close();
        assertThat(other).isCompletedExceptionally();
    }

    /** The cache cannot begin the load, so the loader is called as if there were none. */
    @Test
    void anErrorPastTheCacheIsTheLoadersFailure() {
        ResponseCache<String> broken = bench.builder()
                .executor(task -> {
                    throw new OutOfMemoryError("no native thread");
                })
                .build();
        assertFailedBy(
                broken.getAsync(bench.key, () -> {
                            throw new NoClassDefFoundError("odd");
                        })
                        .toCompletableFuture(),
                NoClassDefFoundError.class);
        assertThat(catchThrowableOfType(
                        LoadFailedException.class,
                        () -> broken.get(bench.key, () -> {
                            throw new NoClassDefFoundError("odd");
                        })))
                .hasCauseInstanceOf(NoClassDefFoundError.class);
        assertFailedBy(
                broken.getAsync(bench.key, () -> CompletableFuture.failedFuture(new Textless()))
                        .toCompletableFuture(),
                Textless.class);
    }

    private static void assertFailedBy(CompletableFuture<?> caller, Class<? extends Throwable> cause) {
        assertThat(caller).isCompletedExceptionally();
        Throwable failure = caller.handle((value, thrown) -> thrown).join();
        assertThat(failure).isInstanceOf(LoadFailedException.class);
        assertThat(failure.getCause()).isInstanceOf(cause);
    }
}
