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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * Any history with blackouts that are called for, and with charges for work that was done, gives the answers, and the
 * instants, of a queue in front of exact buckets.
 */
class CalledBlackoutPropertyTest {

    private static final String KEY = "key";
    private static final Duration MAX = Duration.ofSeconds(3);

    enum Action {
        TAKE,
        WAIT,
        WAIT_AGAIN,
        GIVE_UP,
        REFUND,
        CHARGE,
        RESET,
        BLACKOUT,
        BLACKOUT_AGAIN,
        LIFT,
        GO_BACK
    }

    record Step(long nanos, Action action, int number) {}

    /** How a history differs from the model's. */
    private enum Flaw {
        NONE,
        /** A shorter blackout takes the place of a longer one. */
        SHORTENS,
        /** Charges no more than is there. */
        NO_DEBT
    }

    private static final class Waiting {

        private final WaitingModel.Call call;
        private final CompletableFuture<Decision> stage;
        private @Nullable Long departed;

        Waiting(WaitingModel.Call call, CompletableFuture<Decision> stage) {
            this.call = call;
            this.stage = stage;
        }

        boolean isRefused() {
            return stage.isDone() && !stage.isCancelled() && !stage.join().allowed();
        }
    }

    @Property(tries = 10_000)
    void sameAnswersAsAQueueInFrontOfExactBuckets(
            @ForAll("policies") Policy policy, @ForAll("steps") List<Step> steps) {
        play(policy, steps, Flaw.NONE);
    }

    @Example
    void aTwinThatShortensIsCaught() {
        isCaught(
                Flaw.SHORTENS,
                List.of(
                        new Step(0, Action.BLACKOUT, 20),
                        new Step(200_000_000, Action.BLACKOUT, 1),
                        new Step(0, Action.TAKE, 1)));
    }

    @Example
    void aTwinThatChargesNoDebtIsCaught() {
        isCaught(Flaw.NO_DEBT, List.of(new Step(0, Action.CHARGE, 40), new Step(200_000_000, Action.TAKE, 1)));
    }

    private static long charged(Limiter<String> limiter, long permits) {
        for (long permit = 0; permit < permits; permit++) {
            limiter.tryAcquire(KEY);
        }
        return permits;
    }

    private static void isCaught(Flaw flaw, List<Step> steps) {
        Policy policy = Policy.of("p", Rate.perSecond(10)).shape(MAX);
        play(policy, steps, Flaw.NONE);
        AssertionError caught = null;
        try {
            play(policy, steps, flaw);
        } catch (AssertionError e) {
            caught = e;
        }
        assertThat(caught).isNotNull();
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    private static void play(Policy policy, List<Step> steps, Flaw flaw) {
        ManualTime time = new ManualTime();
        Limiter<String> limiter =
                Limiters.builder(policy).maxKeys(40).timeSource(time).build();
        WaitingModel model = new WaitingModel(policy, 0);
        long smallest = policy.rates().stream().mapToLong(Rate::capacity).min().orElseThrow();
        List<Waiting> all = new ArrayList<>();
        for (Step step : steps) {
            long permits = 1 + step.number() % smallest;
            switch (step.action()) {
                case TAKE -> take(limiter, model, permits);
                case WAIT, WAIT_AGAIN -> {
                    long most = model.waitOf(permits);
                    long least = Math.max(model.dark(), most - model.waiting());
                    CompletableFuture<Decision> stage =
                            limiter.acquireAsync(KEY, permits).toCompletableFuture();
                    if (stage.isDone() && !stage.join().allowed()) {
                        assertThat(stage.join().retryAfterNanos())
                                .isPositive()
                                .isBetween(least - MAX.toNanos(), most - MAX.toNanos());
                        assertThat(stage.join().reason()).isEqualTo(refusal(model));
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
                case CHARGE -> {
                    long used = 1L + step.number() / 2;
                    long charged = flaw == Flaw.NO_DEBT ? charged(limiter, used) : limiter.charge(KEY, used);
                    assertThat(charged).isEqualTo(used);
                    model.charge(used);
                    leaveRefused(model, all);
                }
                case RESET -> {
                    limiter.reset(KEY);
                    model.reset();
                }
                case BLACKOUT, BLACKOUT_AGAIN -> {
                    Duration length = Duration.ofMillis(150L * step.number());
                    if (flaw == Flaw.SHORTENS) {
                        limiter.blackout(KEY, Duration.ZERO);
                    }
                    limiter.blackout(KEY, length);
                    model.blackout(length.toNanos());
                    leaveRefused(model, all);
                }
                case LIFT -> {
                    limiter.blackout(KEY, Duration.ZERO);
                    model.blackout(0);
                }
                case GO_BACK -> {
                    long to = time.nanos() - step.nanos() / 4;
                    time.set(to);
                    model.moveTo(to);
                }
            }
            assertThat(limiter.snapshot(KEY).blackout()).hasNanos(model.dark());
            long to = time.nanos() + step.nanos();
            time.set(to);
            model.moveTo(to);
            for (Waiting waiting : all) {
                if (!waiting.stage.isCancelled()) {
                    assertThat(waiting.departed).isEqualTo(waiting.call.departed());
                }
            }
            // One that was woken in a blackout that is longer by now is woken again when it is the first.
            assertThat(time.pending()).isBetween(Math.min(1, model.waiting()), model.waiting());
        }
    }

    private static Decision.Reason refusal(WaitingModel model) {
        return model.dark() > 0 ? Decision.Reason.BLACKOUT : Decision.Reason.OVER_LIMIT;
    }

    private static void take(Limiter<String> limiter, WaitingModel model, long permits) {
        Decision foreseen = limiter.peek(KEY, permits);
        long most = model.waitOf(permits);
        assertThat(foreseen.allowed()).isEqualTo(model.waiting() == 0 && most == 0);
        if (!foreseen.allowed()) {
            assertThat(foreseen.reason()).isEqualTo(refusal(model));
            assertThat(foreseen.retryAfterNanos())
                    .isBetween(Math.max(Math.max(1, model.dark()), most - model.waiting()), Math.max(1, most));
        }
        assertThat(limiter.tryAcquire(KEY, permits)).isEqualTo(model.take(permits));
        assertThat(limiter.decide(KEY, permits).allowed()).isEqualTo(model.take(permits));
    }

    /** Those leave that cannot wait for the end of the blackout, and no others. */
    private static void leaveRefused(WaitingModel model, List<Waiting> all) {
        Map<WaitingModel.Call, Long> departures = model.departures(
                call -> all.stream().noneMatch(waiting -> waiting.call == call && waiting.isRefused()));
        long rounded = model.waiting();
        for (Waiting waiting : List.copyOf(all)) {
            Long departs = departures.get(waiting.call);
            if (departs != null) {
                long latest = waiting.call.came() + MAX.toNanos();
                if (waiting.isRefused()) {
                    assertThat(departs).isGreaterThan(latest);
                    assertThat(waiting.stage.join().reason()).isEqualTo(refusal(model));
                    model.leave(waiting.call);
                    all.remove(waiting);
                } else {
                    // Each departure is at a whole nanosecond, which the forecast does not count.
                    assertThat(departs).isLessThanOrEqualTo(latest + rounded);
                }
            }
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
