package dev.ratelimit.runtime.timers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
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
class DepartureTest {

    private final AtomicInteger withdrawals = new AtomicInteger();

    @Test
    void departsOnceWithTheValueAndWithdrawsNothing() {
        Departure<String> departure = waiting();
        assertThat(departure).isNotDone();
        assertThat(departure.depart("gone")).isTrue();
        assertThat(departure).isCompletedWithValue("gone");
        assertThat(departure.depart("again")).isFalse();
        assertThat(departure.cancel(true)).isFalse();
        assertThat(departure).isCompletedWithValue("gone");
        assertThat(withdrawals).hasValue(0);
    }

    @Test
    @SuppressWarnings("NullAway") // It does not know that a type may stand for one with null.
    void theValueMayBeNull() {
        Departure<@Nullable Void> departure = new Departure<>(withdrawals::incrementAndGet);
        assertThat(departure.depart(null)).isTrue();
        assertThat(departure).isCompletedWithValue(null);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToComplete")
    void completingItInAnyOtherWayBeforeItDepartsWithdrawsOnce(Way way) {
        Departure<String> departure = waiting();
        way.action.accept(departure);
        assertThat(departure).isDone();
        assertThat(withdrawals).hasValue(1);
        for (Way again : waysToComplete().toList()) {
            again.action.accept(departure);
        }
        assertThat(departure.depart("gone")).isFalse();
        assertThat(withdrawals).hasValue(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToComplete")
    void afterItHasDepartedNothingWithdraws(Way way) {
        Departure<String> departure = waiting();
        assertThat(departure.depart("gone")).isTrue();
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
    void aWithdrawalRunsBeforeWhatDependsAndBeforeTheCallReturns() {
        List<String> log = new ArrayList<>();
        Departure<String> departure = new Departure<>(() -> log.add("withdrawn"));
        CompletableFuture<Boolean> dependent = departure.handle((value, thrown) -> log.add("told"));
        assertThat(departure.cancel(true)).isTrue();
        log.add("returned");
        assertThat(dependent).isCompletedWithValue(true);
        assertThat(log).containsExactly("withdrawn", "told", "returned");
    }

    @Test
    void aWithdrawalThatFailsLeavesTheFutureComplete() {
        Departure<String> departure = new Departure<>(() -> {
            throw new StackOverflowError("no room");
        });
        assertThatThrownBy(() -> departure.cancel(true)).isInstanceOf(StackOverflowError.class);
        assertThat(departure).isCancelled();
        assertThat(departure.depart("gone")).isFalse();
    }

    /**
     * Another thread that completes it during a withdrawal, as seen from within: it does not wait, and withdraws nothing.
     */
    @Test
    void aCompletionDuringAWithdrawalCompletesIt() {
        List<Departure<String>> own = new ArrayList<>();
        Departure<String> departure = new Departure<>(() -> {
            withdrawals.incrementAndGet();
            assertThat(own.get(0).isWithdrawn()).isTrue();
            assertThat(own.get(0)).isNotDone();
            assertThat(own.get(0).complete("other")).isTrue();
        });
        own.add(departure);
        assertThat(departure.cancel(true)).isFalse();
        assertThat(departure).isCompletedWithValue("other");
        assertThat(withdrawals).hasValue(1);
    }

    @Test
    void whatIsReadFromAWithdrawnFutureIsWhatItWasCompletedWith() {
        Departure<String> cancelled = waiting();
        assertThat(cancelled.cancel(false)).isTrue();
        assertThat(cancelled.cancel(false)).isTrue();
        assertThat(cancelled).isCancelled();
        assertThatThrownBy(cancelled::join).isInstanceOf(CancellationException.class);
        Departure<String> replaced = waiting();
        assertThat(replaced.complete("other")).isTrue();
        assertThat(replaced.complete("another")).isFalse();
        assertThat(replaced).isCompletedWithValue("other");
        Departure<String> obtruded = waiting();
        obtruded.obtrudeValue("first");
        obtruded.obtrudeValue("second");
        assertThat(obtruded).isCompletedWithValue("second");
        CompletableFuture<String> failed = waiting()
                .completeAsync(
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
        CompletableFuture<String> departure = waiting().orTimeout(1, TimeUnit.NANOSECONDS);
        assertThatThrownBy(departure::join).hasCauseInstanceOf(TimeoutException.class);
        CompletableFuture<String> other = waiting().completeOnTimeout("instead", 1, TimeUnit.NANOSECONDS);
        assertThat(other.join()).isEqualTo("instead");
        while (withdrawals.get() < 2) {
            // The thread that timed out is between the completion and the withdrawal.
            Thread.onSpinWait();
        }
    }

    @Test
    void cancellingWhatIsDerivedWithdrawsNothing() {
        Departure<String> departure = waiting();
        CompletableFuture<Integer> derived = departure.thenApply(String::length);
        assertThat(derived.cancel(true)).isTrue();
        assertThat(withdrawals).hasValue(0);
        assertThat(departure.depart("gone")).isTrue();
    }

    @Test
    void theStageAsAFutureIsTheOneThatWithdraws() {
        Departure<String> departure = waiting();
        assertThat(departure.toCompletableFuture().cancel(true)).isTrue();
        assertThat(withdrawals).hasValue(1);
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

    private Departure<String> waiting() {
        return new Departure<>(withdrawals::incrementAndGet);
    }
}
