package dev.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Work under a limit runs once if it is allowed, and otherwise not at all. */
class WorkUnderALimitTest {

    private static final String KEY = "key";

    private final PermitsLeft limit = new PermitsLeft(2);
    private final AtomicInteger runs = new AtomicInteger();

    /** One way to run work under a limit, whose result or failure is that of calling it. */
    private record Form(String name, Function<PermitsLeft, Function<Callable<Integer>, Callable<Integer>>> limited) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Form> forms() {
        return Stream.of(
                new Form("call", limit -> work -> () -> limit.call(KEY, work)),
                new Form("supply", limit -> work -> () -> limit.supply(KEY, () -> unchecked(work))),
                new Form(
                        "run",
                        limit -> work -> () -> {
                            int[] result = new int[1];
                            limit.run(KEY, () -> result[0] = unchecked(work));
                            return result[0];
                        }),
                new Form(
                        "supplyAsync",
                        limit -> work -> () -> result(
                                limit.supplyAsync(KEY, () -> CompletableFuture.completedStage(unchecked(work))))));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void workRunsAsOftenAsThereArePermits(Form form) throws Exception {
        Callable<Integer> work = form.limited().apply(limit).apply(runs::incrementAndGet);
        assertThat(runs).as("nothing runs before it is called").hasValue(0);
        assertThat(limit.left(KEY)).isEqualTo(2);
        assertThat(work.call()).isEqualTo(1);
        assertThat(work.call()).isEqualTo(2);
        LimitExceededException refused = catchThrowableOfType(LimitExceededException.class, work::call);
        assertThat(refused.decision().reason()).isEqualTo(Decision.Reason.OVER_LIMIT);
        assertThat(refused.decision().retryAfterNanos()).isEqualTo(1);
        assertThat(runs).as("what is refused does not run").hasValue(2);
        limit.refund(KEY, 1);
        assertThat(work.call()).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void workThatFailsFailsAsItWouldAndCounts(Form form) {
        IllegalStateException failure = new IllegalStateException("of the work");
        Callable<Integer> work = form.limited().apply(limit).apply(() -> {
            throw failure;
        });
        assertThatThrownBy(work::call).isSameAs(failure);
        assertThat(limit.left(KEY)).isEqualTo(1);
    }

    @Test
    void checkedExceptionsOfACallablePass() {
        IOException failure = new IOException("of the work");
        assertThatThrownBy(() -> limit.call(KEY, () -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    @Test
    void aRefusedStageIsAFailedStageAndNothingIsThrown() {
        limit.tryAcquire(KEY, 2);
        CompletionStage<Integer> refused =
                limit.supplyAsync(KEY, () -> CompletableFuture.completedStage(runs.incrementAndGet()));
        assertThat(runs).hasValue(0);
        assertThat(refused.toCompletableFuture())
                .isCompletedExceptionally()
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(LimitExceededException.class);
    }

    @Test
    void anAllowedStageIsTheWorksOwn() {
        CompletableFuture<Integer> own = new CompletableFuture<>();
        assertThat(limit.supplyAsync(KEY, () -> own)).isSameAs(own);
    }

    @Test
    @SuppressWarnings("NullAway")
    void nullTakesNothing() {
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> limit.call(KEY, null),
                () -> limit.supply(KEY, null),
                () -> limit.run(KEY, null),
                () -> limit.supplyAsync(KEY, null))) {
            assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage("work");
        }
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> limit.run(null, () -> {}), () -> limit.supplyAsync(null, CompletableFuture::new))) {
            assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage("key");
        }
        assertThat(limit.left(KEY)).isEqualTo(2);
    }

    @Test
    void theExceptionCarriesTheDecisionAndNoTrace() {
        Decision decision = Decision.refused(Decision.Reason.OVER_LIMIT, Rate.perSecond(5), 0, 1_000_000_000, 1)
                .withPolicy("gold");
        LimitExceededException exception = new LimitExceededException(decision);
        assertThat(exception.decision()).isSameAs(decision);
        assertThat(exception).hasMessage("gold: refused (over limit), 0 of 5 left, retry after PT1S");
        assertThat(exception.getStackTrace()).isEmpty();
        exception.addSuppressed(new IOException("while closing"));
        assertThat(exception.getSuppressed()).hasSize(1);
        assertThatThrownBy(() -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(exception))
                .isInstanceOf(NotSerializableException.class);
    }

    @Test
    void anAdmissionIsNoExcess() {
        assertThatThrownBy(() -> new LimitExceededException(Decision.unlimited()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no limit was exceeded: allowed, unlimited");
    }

    private static int unchecked(Callable<Integer> work) {
        try {
            return work.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static int result(CompletionStage<Integer> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw (RuntimeException) e.getCause();
        }
    }
}
