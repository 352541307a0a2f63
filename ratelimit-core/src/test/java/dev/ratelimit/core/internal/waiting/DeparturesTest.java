package dev.ratelimit.core.internal.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.TimeSource;
import dev.ratelimit.testing.ManualTime;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class DeparturesTest {

    private final ManualTime time = new ManualTime(Long.MAX_VALUE - 5);
    private final AtomicInteger withdrawals = new AtomicInteger();

    @Test
    void departsAtItsInstantAndNoNanosecondBefore() {
        CompletableFuture<String> departure = in(10);
        assertThat(time.pending()).isEqualTo(1);
        time.advanceNanos(9);
        assertThat(departure).isNotDone();
        time.advanceNanos(1);
        assertThat(departure).isCompletedWithValue("gone");
        assertThat(time.pending()).isZero();
        assertThat(departure.cancel(true)).isFalse();
        assertThat(withdrawals).hasValue(0);
    }

    @Test
    void whatHasComeIsCompleteAtOnceWithoutATimer() {
        assertThat(in(0)).isCompletedWithValue("gone");
        assertThat(in(-1)).isCompletedWithValue("gone");
        assertThat(Departures.at(TimeSource.system(), System.nanoTime(), 1, () -> {}, null))
                .isCompletedWithValue(1);
        assertThat(time.pending()).isZero();
    }

    @Test
    void aMillisecondAndFiftyYearsComeInTheirOrder() {
        List<Long> readings = new ArrayList<>();
        long years = Duration.ofDays(50 * 365).toNanos();
        long start = time.nanos();
        CompletableFuture<Void> last = in(years).thenRun(() -> readings.add(time.nanos()));
        CompletableFuture<Void> first = in(1_000_000).thenRun(() -> readings.add(time.nanos()));
        time.advanceNanos(years);
        assertThat(last).isDone();
        assertThat(first).isDone();
        assertThat(readings).containsExactly(start + 1_000_000, start + years);
    }

    @Test
    @SuppressWarnings("NullAway") // It does not know that a type may stand for one with null.
    void theValueMayBeNull() {
        CompletableFuture<@Nullable Void> departure =
                Departures.at(time, time.nanos() + 1, null, withdrawals::incrementAndGet, null);
        time.advanceNanos(1);
        assertThat(departure).isCompletedWithValue(null);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToComplete")
    void completingItInAnyOtherWayBeforeItsInstantWithdrawsOnce(Way way) {
        CompletableFuture<String> departure = in(10);
        way.action.accept(departure);
        assertThat(departure).isDone();
        assertThat(withdrawals).hasValue(1);
        assertThat(time.pending()).isZero();
        for (Way again : waysToComplete().toList()) {
            again.action.accept(departure);
        }
        time.advanceNanos(10);
        assertThat(withdrawals).hasValue(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToComplete")
    void afterItsInstantNothingWithdraws(Way way) {
        CompletableFuture<String> departure = in(10);
        time.advanceNanos(10);
        way.action.accept(departure);
        way.action.accept(departure);
        assertThat(withdrawals).hasValue(0);
        boolean isObtruded = way.name.startsWith("obtrude");
        assertThat(departure.isDone()).isTrue();
        if (!isObtruded) {
            assertThat(departure).isCompletedWithValue("gone");
        }
    }

    @Test
    void whatIsReadFromAWithdrawnFutureIsWhatItWasCompletedWith() {
        CompletableFuture<String> cancelled = in(10);
        assertThat(cancelled.cancel(false)).isTrue();
        assertThat(cancelled.cancel(false)).isTrue();
        assertThat(cancelled).isCancelled();
        assertThatThrownBy(cancelled::join).isInstanceOf(CancellationException.class);
        CompletableFuture<String> replaced = in(10);
        assertThat(replaced.complete("other")).isTrue();
        assertThat(replaced.complete("another")).isFalse();
        assertThat(replaced).isCompletedWithValue("other");
        CompletableFuture<String> obtruded = in(10);
        obtruded.obtrudeValue("first");
        obtruded.obtrudeValue("second");
        assertThat(obtruded).isCompletedWithValue("second");
        CompletableFuture<String> failed = in(10).completeAsync(
                        () -> {
                            throw new IllegalStateException("own");
                        },
                        Runnable::run);
        assertThatThrownBy(failed::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTimeoutOfTheCallersWithdraws() {
        CompletableFuture<String> departure = in(10).orTimeout(1, TimeUnit.NANOSECONDS);
        assertThatThrownBy(departure::join).hasCauseInstanceOf(TimeoutException.class);
        CompletableFuture<String> other = in(10).completeOnTimeout("instead", 1, TimeUnit.NANOSECONDS);
        assertThat(other.join()).isEqualTo("instead");
        while (withdrawals.get() < 2) {
            // The thread that timed out is between the completion and the withdrawal.
            Thread.onSpinWait();
        }
        assertThat(time.pending()).isZero();
    }

    @Test
    void cancellingWhatIsDerivedWithdrawsNothing() {
        CompletableFuture<String> departure = in(10);
        CompletableFuture<Integer> derived = departure.thenApply(String::length);
        assertThat(derived.cancel(true)).isTrue();
        assertThat(withdrawals).hasValue(0);
        time.advanceNanos(10);
        assertThat(departure).isCompletedWithValue("gone");
    }

    @Test
    void theStageAsAFutureIsTheOneThatWithdraws() {
        CompletableFuture<String> departure = in(10);
        assertThat(departure.toCompletableFuture().cancel(true)).isTrue();
        assertThat(withdrawals).hasValue(1);
    }

    @Test
    void theExecutorRunsWhatDepends() {
        List<Runnable> queue = new ArrayList<>();
        CompletableFuture<String> departure =
                Departures.at(time, time.nanos() + 10, "gone", withdrawals::incrementAndGet, queue::add);
        time.advanceNanos(10);
        assertThat(departure).isNotDone();
        queue.get(0).run();
        assertThat(departure).isCompletedWithValue("gone");
    }

    @Test
    void aDepartureThatTheExecutorHasNotRunMayStillBeWithdrawn() {
        List<Runnable> queue = new ArrayList<>();
        CompletableFuture<String> departure =
                Departures.at(time, time.nanos() + 10, "gone", withdrawals::incrementAndGet, queue::add);
        time.advanceNanos(10);
        assertThat(departure.cancel(true)).isTrue();
        assertThat(withdrawals).hasValue(1);
        queue.get(0).run();
        assertThat(departure).isCancelled();
        assertThat(withdrawals).hasValue(1);
    }

    @Test
    void anExecutorThatRefusesDoesNotLoseTheDeparture() {
        CompletableFuture<String> departure =
                Departures.at(time, time.nanos() + 10, "gone", withdrawals::incrementAndGet, task -> {
                    throw new RejectedExecutionException("shut down");
                });
        time.advanceNanos(10);
        assertThat(departure).isCompletedWithValue("gone");
    }

    /** A way of completing it that a later JDK brings would go round the withdrawal, and must be overridden. */
    @Test
    void theJdkHasNoOtherWaysToCompleteIt() {
        List<Class<?>> interfaces = List.of(CompletionStage.class, Future.class);
        Stream<String> own = Arrays.stream(CompletableFuture.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
                .map(Method::getName)
                .filter(name -> interfaces.stream()
                        .flatMap(type -> Arrays.stream(type.getMethods()))
                        .noneMatch(method -> method.getName().equals(name)));
        assertThat(own.distinct().toList())
                .containsExactlyInAnyOrder(
                        // They complete it; the last two call the second and the first.
                        "complete",
                        "completeExceptionally",
                        "completeAsync",
                        "obtrudeValue",
                        "obtrudeException",
                        "completeOnTimeout",
                        "orTimeout",
                        // They do not.
                        "join",
                        "getNow",
                        "isCompletedExceptionally",
                        "getNumberOfDependents",
                        "newIncompleteFuture",
                        "defaultExecutor",
                        "copy",
                        "minimalCompletionStage",
                        "toString");
    }

    /** A way of completing a future. */
    private record Way(String name, Consumer<CompletableFuture<String>> action) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Way> waysToComplete() {
        return Stream.of(
                new Way("cancel", future -> future.cancel(true)),
                new Way("complete", future -> future.complete("other")),
                new Way("completeExceptionally", future -> future.completeExceptionally(new IllegalStateException())),
                new Way("completeAsync", future -> future.completeAsync(() -> "other", Runnable::run)),
                new Way("obtrudeValue", future -> future.obtrudeValue("other")),
                new Way("obtrudeException", future -> future.obtrudeException(new CancellationException())));
    }

    private CompletableFuture<String> in(long nanos) {
        return Departures.at(time, time.nanos() + nanos, "gone", withdrawals::incrementAndGet, null);
    }
}
