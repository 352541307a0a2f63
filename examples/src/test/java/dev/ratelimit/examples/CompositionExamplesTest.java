package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.LimitExceededException;
import dev.ratelimit.examples.FairShares.Call;
import dev.ratelimit.testing.ManualTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The examples of composition, shadow limits and work under a limit do what the guide says. */
class CompositionExamplesTest {

    private final ManualTime time = new ManualTime();

    @Test
    void aUserOverItsLimitTakesNothingOfTheOthers() {
        FairShares shares = new FairShares(time);
        Call ada = new Call("acme", "ada");
        for (int i = 0; i < 5; i++) {
            assertThat(shares.answer(ada)).isEqualTo("200");
        }
        for (int i = 0; i < 100; i++) {
            assertThat(shares.answer(ada)).isEqualTo("429, over the limit of the user");
        }
        assertThat(shares.nodeHasLeft()).isEqualTo(995);
        assertThat(shares.answer(new Call("other", "ada"))).isEqualTo("200");
        for (int user = 0; user < 15; user++) {
            assertThat(shares.answer(new Call("acme", "user " + user))).isEqualTo("200");
        }
        assertThat(shares.answer(new Call("acme", "grace"))).isEqualTo("429, over the limit of the tenant");
        IntStream.range(0, 979)
                .forEach(i -> assertThat(shares.answer(new Call("tenant " + i, "ada")))
                        .isEqualTo("200"));
        assertThat(shares.answer(new Call("new", "ada"))).isEqualTo("503");
    }

    @Test
    void aRefundGoesToAllLimits() {
        FairShares shares = new FairShares(time);
        Call ada = new Call("acme", "ada");
        assertThat(shares.download(ada, 5, true)).isEqualTo("200");
        assertThat(shares.nodeHasLeft()).isEqualTo(1000);
        assertThat(shares.download(ada, 5, false)).isEqualTo("200");
        assertThat(shares.nodeHasLeft()).isEqualTo(995);
        assertThat(shares.download(ada, 1, true)).isEqualTo("429");
    }

    @Test
    void aLimitIsWatchedThenEnforcedThenOff() {
        Rollout rollout = new Rollout("a secret", time);
        assertThat(allowed(rollout)).isEqualTo(60);
        assertThat(rollout.report()).isEqualTo("50 within, 10 over, 0 refused");
        rollout.configure("100");
        assertThat(allowed(rollout)).isZero();
        assertThat(rollout.report()).isEqualTo("50 within, 10 over, 60 refused");
        rollout.configure("off");
        assertThat(allowed(rollout)).isEqualTo(60);
        assertThat(rollout.report()).isEqualTo("50 within, 10 over, 60 refused");
    }

    /** Twelve requests of each of five users. */
    private static long allowed(Rollout rollout) {
        return IntStream.range(0, 60)
                .filter(i -> rollout.allows("user " + i % 5))
                .count();
    }

    @Test
    void callsRunUnderTheLimitOrNotAtAll() throws Exception {
        GuardedCalls calls = new GuardedCalls(time);
        AtomicInteger runs = new AtomicInteger();
        assertThat(calls.page("ada", () -> "page " + runs.incrementAndGet())).isEqualTo("page 1");
        Runnable job = calls.job("ada", runs::incrementAndGet);
        job.run();
        assertThatThrownBy(job::run)
                .isInstanceOf(LimitExceededException.class)
                .hasMessageStartingWith("default: refused (over limit)");
        assertThat(calls.page("ada", () -> "page " + runs.incrementAndGet())).isEqualTo("429, retry after 500 ms");
        assertThat(calls.pageAsync("ada", () -> CompletableFuture.completedStage("page"))
                        .toCompletableFuture())
                .isCompletedWithValue("429");
        assertThat(calls.pageAsync("grace", () -> CompletableFuture.completedStage("page"))
                        .toCompletableFuture())
                .isCompletedWithValue("page");
        assertThat(calls.pageAsync(
                                "grace",
                                () -> CompletableFuture.failedStage(new IllegalStateException("of the service")))
                        .toCompletableFuture())
                .isCompletedExceptionally();
        assertThat(runs).hasValue(2);
    }
}
