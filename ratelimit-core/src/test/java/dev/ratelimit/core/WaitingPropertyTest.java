package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Any history of calls that wait and give up gives the answers, and the instants, of a queue in front of exact buckets. */
class WaitingPropertyTest {

    private static final String KEY = "key";
    private static final Duration MAX = Duration.ofSeconds(3);

    enum Action {
        TAKE,
        WAIT,
        WAIT_AGAIN,
        GIVE_UP,
        REFUND,
        RESET,
        GO_BACK
    }

    record Step(long nanos, Action action, int number) {}

    /** A stage, what the model has of it, and when it was complete. */
    private static final class Waiting {

        private final WaitingModel.Call call;
        private final CompletableFuture<Decision> stage;
        private @Nullable Long departed;

        Waiting(WaitingModel.Call call, CompletableFuture<Decision> stage) {
            this.call = call;
            this.stage = stage;
        }
    }

    @Property(tries = 10_000)
    @SuppressWarnings("FutureReturnValueIgnored")
    void sameAnswersAsAQueueInFrontOfExactBuckets(
            @ForAll("policies") Policy policy, @ForAll("steps") List<Step> steps) {
        ManualTime time = new ManualTime();
        Limiter<String> limiter =
                Limiters.builder(policy).maxKeys(40).timeSource(time).build();
        WaitingModel model = new WaitingModel(policy, 0);
        long smallest = policy.rates().stream().mapToLong(Rate::capacity).min().orElseThrow();
        List<Waiting> all = new ArrayList<>();
        for (Step step : steps) {
            long permits = 1 + step.number() % smallest;
            switch (step.action()) {
                case TAKE -> {
                    assertThat(limiter.peek(KEY, permits).allowed())
                            .isEqualTo(model.waiting() == 0 && model.waitOf(permits) == 0);
                    assertThat(limiter.tryAcquire(KEY, permits)).isEqualTo(model.take(permits));
                }
                case WAIT, WAIT_AGAIN -> {
                    // Each departure is at a whole nanosecond, and the forecast of a wait does not count what that
                    // rounds up.
                    long most = model.waitOf(permits);
                    long least = most - model.waiting();
                    CompletableFuture<Decision> stage =
                            limiter.acquireAsync(KEY, permits).toCompletableFuture();
                    if (stage.isDone() && !stage.join().allowed()) {
                        assertThat(stage.join().retryAfterNanos())
                                .isPositive()
                                .isBetween(least - MAX.toNanos(), most - MAX.toNanos());
                    } else {
                        assertThat(least).isLessThanOrEqualTo(MAX.toNanos());
                        Waiting waiting = new Waiting(model.join(permits), stage);
                        all.add(waiting);
                        stage.whenComplete((decision, failure) -> waiting.departed = time.nanos());
                    }
                }
                case GIVE_UP -> {
                    if (!all.isEmpty()) {
                        Waiting waiting = all.get(step.number() % all.size());
                        boolean leaves = model.leave(waiting.call);
                        assertThat(waiting.stage.cancel(true)).isEqualTo(leaves || waiting.stage.isCancelled());
                    }
                }
                case REFUND -> {
                    limiter.refund(KEY, permits);
                    model.refund(permits);
                }
                case RESET -> {
                    limiter.reset(KEY);
                    model.reset();
                }
                case GO_BACK -> {
                    long to = time.nanos() - step.nanos() / 4;
                    time.set(to);
                    model.moveTo(to);
                }
            }
            long to = time.nanos() + step.nanos();
            time.set(to);
            model.moveTo(to);
            for (Waiting waiting : all) {
                if (!waiting.stage.isCancelled()) {
                    assertThat(waiting.departed).isEqualTo(waiting.call.departed());
                }
            }
            assertThat(time.pending()).isEqualTo(model.waiting());
        }
    }

    @Provide
    Arbitrary<Policy> policies() {
        return Drawn.shaping(MAX);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Drawn.pauses(),
                        Arbitraries.of(Action.class),
                        Arbitraries.integers().between(0, 40))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }
}
