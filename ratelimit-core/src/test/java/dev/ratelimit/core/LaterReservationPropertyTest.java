package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
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

/**
 * A reservation delays no call that waited when it was made: whatever was before it, and whatever is refunded or given up
 * after it, those calls go at the instants at which they go without it.
 */
class LaterReservationPropertyTest {

    private static final String KEY = "key";

    enum Action {
        TAKE,
        WAIT,
        WAIT_MORE,
        RESERVE,
        GIVE_UP,
        CANCEL,
        REFUND
    }

    record Step(long nanos, Action action, int number) {

        /** Whether it asks for nothing; what a cancellation gives back depends on what was reserved later. */
        boolean comesToNothing() {
            return action == Action.GIVE_UP || action == Action.REFUND;
        }
    }

    @Property(tries = 20_000)
    void ofOneRate(@ForAll("rates") Rate rate, @ForAll("steps") List<Step> before, @ForAll("steps") List<Step> after) {
        check(Policy.of("p", rate), before, after);
    }

    @Property(tries = 20_000)
    void ofSeveralRates(
            @ForAll("policies") Policy policy, @ForAll("steps") List<Step> before, @ForAll("steps") List<Step> after) {
        check(policy, before, after);
    }

    private static void check(Policy policy, List<Step> before, List<Step> after) {
        Policy shaping = policy.shape(Duration.ofSeconds(100));
        assertThat(new History(shaping).departures(before, true, after))
                .isEqualTo(new History(shaping).departures(before, false, after));
    }

    /** One limiter, and when each of its calls that waited went. */
    private static final class History {

        private final ManualTime time = new ManualTime();
        private final Limiter<String> limiter;
        private final long smallest;
        private final List<CompletableFuture<Long>> waiting = new ArrayList<>();
        private final List<CompletableFuture<?>> stages = new ArrayList<>();
        private final List<Reservation> reserved = new ArrayList<>();

        History(Policy policy) {
            this.smallest =
                    policy.rates().stream().mapToLong(Rate::capacity).min().orElseThrow();
            this.limiter = Limiters.builder(policy).maxKeys(40).timeSource(time).build();
        }

        List<Long> departures(List<Step> before, boolean reserves, List<Step> after) {
            before.forEach(this::apply);
            if (reserves) {
                limiter.reserve(KEY, smallest);
            }
            after.stream().filter(Step::comesToNothing).forEach(this::apply);
            time.advance(Duration.ofHours(1));
            return waiting.stream().map(departure -> departure.getNow(-1L)).toList();
        }

        private void apply(Step step) {
            long permits = 1 + step.number() % smallest;
            switch (step.action()) {
                case TAKE -> limiter.tryAcquire(KEY, permits);
                case WAIT, WAIT_MORE -> {
                    var stage = limiter.acquireAsync(KEY, permits).toCompletableFuture();
                    stages.add(stage);
                    waiting.add(stage.handle((decision, failure) -> decision == null ? -1 : time.nanos()));
                }
                case RESERVE -> reserved.add(limiter.reserve(KEY, permits));
                case GIVE_UP -> {
                    if (!stages.isEmpty()) {
                        stages.get(step.number() % stages.size()).cancel(true);
                    }
                }
                case CANCEL -> {
                    if (!reserved.isEmpty()) {
                        reserved.get(step.number() % reserved.size()).cancel();
                    }
                }
                case REFUND -> limiter.refund(KEY, permits);
            }
            time.advanceNanos(step.nanos());
        }
    }

    @Provide
    Arbitrary<Rate> rates() {
        return Drawn.rates();
    }

    @Provide
    Arbitrary<Policy> policies() {
        return rates().list()
                .uniqueElements()
                .ofMinSize(2)
                .ofMaxSize(3)
                .map(list ->
                        Policy.of("p", list.get(0), list.subList(1, list.size()).toArray(Rate[]::new)));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Drawn.pauses(),
                        Arbitraries.of(Action.class),
                        Arbitraries.integers().between(0, 40))
                .as(Step::new)
                .list()
                .ofMaxSize(20);
    }
}
