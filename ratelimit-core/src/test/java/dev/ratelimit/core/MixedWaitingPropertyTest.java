package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.Statistics;
import dev.ratelimit.core.internal.limit.PolicyLimiter;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * However takes, waits, reservations, cancellations, refunds, changes of policy, blackouts and a clock that steps back
 * are mixed: in no interval departs more than each rate allows, and in no blackout anything but what was reserved
 * before; reservations keep their instants, and calls that wait go in their order. Each call ends in exactly one count,
 * and in the end nothing is left of any.
 */
class MixedWaitingPropertyTest {

    private static final String KEY = "key";

    enum Action {
        TAKE,
        WAIT,
        WAIT_MORE,
        GIVE_UP,
        RESERVE,
        CANCEL,
        REFUND_LATEST,
        RESET,
        CHANGE,
        BLACKOUT,
        GO_BACK
    }

    record Step(long nanos, Action action, int number) {}

    /** How a limiter treats what is mixed. */
    enum Twin {
        NONE,
        /** Gives the permits of a call that gives up back once more, as if they had been charged. */
        REFUNDS_WHAT_GIVES_UP,
        /** Fills the budget when a reservation is cancelled, also with what others have reserved. */
        RESETS_AT_A_CANCELLATION
    }

    @Property(tries = 20_000)
    void inNoIntervalDoesMoreDepartThanEachRateAllows(
            @ForAll("policies") Policy policy, @ForAll("policies") Policy other, @ForAll("steps") List<Step> steps) {
        assertThat(new History(policy, other, Twin.NONE).faultIn(steps)).isEmpty();
    }

    @Property(tries = 20_000)
    void alsoWhereOneRateIsAll(
            @ForAll("rates") Rate rate, @ForAll("rates") Rate other, @ForAll("steps") List<Step> steps) {
        assertThat(new History(shaping(List.of(rate)), shaping(List.of(other)), Twin.NONE).faultIn(steps))
                .isEmpty();
    }

    @Example
    void twinsThatGiveBackTooMuchAreCaught() {
        Policy policy = shaping(List.of(Rate.perSecond(1)));
        List<Step> waits = List.of(
                new Step(0, Action.TAKE, 0),
                new Step(0, Action.WAIT, 0),
                new Step(0, Action.WAIT, 0),
                new Step(0, Action.GIVE_UP, 1),
                new Step(0, Action.TAKE, 0));
        assertThat(new History(policy, policy, Twin.NONE).faultIn(waits)).isEmpty();
        assertThat(new History(policy, policy, Twin.REFUNDS_WHAT_GIVES_UP).faultIn(waits))
                .isNotEmpty();
        List<Step> reservations = List.of(
                new Step(0, Action.TAKE, 0),
                new Step(0, Action.RESERVE, 0),
                new Step(0, Action.RESERVE, 0),
                new Step(1_000_000_000, Action.CANCEL, 0),
                new Step(0, Action.TAKE, 0),
                new Step(0, Action.RESERVE, 0));
        assertThat(new History(policy, policy, Twin.NONE).faultIn(reservations)).isEmpty();
        assertThat(new History(policy, policy, Twin.RESETS_AT_A_CANCELLATION).faultIn(reservations))
                .isNotEmpty();
    }

    private record Waiting(CompletableFuture<Decision> stage, long permits) {}

    private record Reserved(Reservation reservation, DepartureLog.Departure departure) {}

    /** One limiter, and all that departs from it. */
    private static final class History {

        private final ManualTime time = new ManualTime();
        private final Policy first;
        private final Policy second;
        private final Twin twin;
        private final Limiter<String> limiter;
        private final Statistics statistics = new Statistics();
        private final DepartureLog log = new DepartureLog();
        private final List<Waiting> waiting = new ArrayList<>();
        private final List<Reserved> reserved = new ArrayList<>();
        private Policy policy;
        private DepartureLog.Departure latest = new DepartureLog.Departure(0, 0);
        private String fault = "";
        private long calls;
        private long darkUntil;

        History(Policy first, Policy second, Twin twin) {
            this.first = first;
            this.second = second;
            this.policy = first;
            this.twin = twin;
            this.limiter = Limiters.builder(first)
                    .maxKeys(40)
                    .timeSource(time)
                    .listener(statistics)
                    .build();
        }

        String faultIn(List<Step> steps) {
            for (Step step : steps) {
                long smallest =
                        policy.rates().stream().mapToLong(Rate::capacity).min().orElseThrow();
                apply(step, 1 + step.number() % smallest);
                time.advanceNanos(step.nanos());
                for (Rate rate : policy.rates()) {
                    fault = fault.isEmpty() ? log.excess(rate) : fault;
                }
                if (!fault.isEmpty()) {
                    return fault;
                }
            }
            return faultInTheEnd();
        }

        private String faultInTheEnd() {
            time.advance(Duration.ofHours(1));
            long counted = statistics.byPolicy().values().stream()
                    .mapToLong(counts -> counts.allowed() + counts.refused() + counts.givenUp())
                    .sum();
            if (counted != calls) {
                return calls + " calls in " + statistics.byPolicy();
            }
            limiter.peek(KEY);
            int queues = ((PolicyLimiter<String>) limiter).queues().get();
            return queues == 0 && time.pending() == 0 ? "" : queues + " queues and " + time.pending() + " timers left";
        }

        private void apply(Step step, long permits) {
            switch (step.action()) {
                case TAKE, WAIT, WAIT_MORE, RESERVE -> calls++;
                default -> {}
            }
            switch (step.action()) {
                case TAKE -> {
                    boolean nobodyWaits = waiting.isEmpty();
                    if (limiter.tryAcquire(KEY, permits)) {
                        departs(permits);
                        fault = nobodyWaits ? fault : "a newcomer has overtaken those that wait";
                    }
                }
                case WAIT, WAIT_MORE -> join(permits);
                case GIVE_UP -> giveUp(step.number());
                case RESERVE -> {
                    Reservation reservation = limiter.reserve(KEY, permits);
                    if (reservation.allowed()) {
                        fault = reservation.dueNanos() < darkUntil ? "a reservation for a blackout" : fault;
                        reserved.add(new Reserved(reservation, log.add(reservation.dueNanos(), permits)));
                    }
                }
                case CANCEL -> {
                    if (!reserved.isEmpty()) {
                        Reserved cancelled = reserved.remove(step.number() % reserved.size());
                        // So that what goes by this does so after it.
                        log.remove(cancelled.departure());
                        cancelled.reservation().cancel();
                        if (twin == Twin.RESETS_AT_A_CANCELLATION) {
                            limiter.reset(KEY);
                        }
                    }
                }
                case REFUND_LATEST -> {
                    // As if it had never been taken, which nobody else has been since who would know.
                    if (latest.permits() > 0 && !log.hasLater(latest, time.nanos())) {
                        log.remove(latest);
                        long unused = latest.permits();
                        latest = new DepartureLog.Departure(0, 0);
                        limiter.refund(KEY, unused);
                    }
                }
                case RESET -> {
                    log.clear();
                    reserved.clear();
                    latest = new DepartureLog.Departure(0, 0);
                    darkUntil = 0;
                    limiter.reset(KEY);
                }
                case CHANGE -> {
                    policy = policy.equals(first) ? second : first;
                    log.clear();
                    reserved.clear();
                    latest = new DepartureLog.Departure(0, 0);
                    limiter.update(policy);
                }
                case BLACKOUT -> {
                    long nanos = step.number() % 4 == 0 ? 0 : 100_000_000L * step.number();
                    darkUntil = nanos == 0 ? 0 : Math.max(darkUntil, time.nanos() + nanos);
                    limiter.blackout(KEY, Duration.ofNanos(nanos));
                }
                case GO_BACK -> {
                    time.advanceNanos(-step.nanos() / 3);
                    latest = new DepartureLog.Departure(0, 0);
                }
            }
        }

        @SuppressWarnings("FutureReturnValueIgnored")
        private void join(long permits) {
            CompletableFuture<Decision> stage =
                    limiter.acquireAsync(KEY, permits).toCompletableFuture();
            Waiting call = new Waiting(stage, permits);
            waiting.add(call);
            stage.whenComplete((decision, failure) -> {
                if (decision != null && decision.allowed()) {
                    departs(permits);
                    fault = waiting.get(0).equals(call) ? fault : "one that waited has overtaken another";
                }
                waiting.remove(call);
            });
        }

        private void giveUp(int number) {
            if (!waiting.isEmpty()) {
                // It waits no more before those behind it go, which they may do at once.
                Waiting call = waiting.remove(number % waiting.size());
                call.stage().cancel(true);
                if (twin == Twin.REFUNDS_WHAT_GIVES_UP) {
                    limiter.refund(KEY, call.permits());
                }
            }
        }

        private void departs(long permits) {
            latest = log.add(time.nanos(), permits);
            fault = time.nanos() < darkUntil ? "a departure in a blackout" : fault;
        }
    }

    private static Policy shaping(List<Rate> drawn) {
        List<Rate> rates = drawn.stream().distinct().toList();
        return Policy.of("p", rates.get(0), rates.subList(1, rates.size()).toArray(Rate[]::new))
                .shape(Duration.ofSeconds(3));
    }

    @Provide
    Arbitrary<Rate> rates() {
        return Drawn.rates();
    }

    @Provide
    Arbitrary<Policy> policies() {
        return rates().list().uniqueElements().ofMinSize(1).ofMaxSize(3).map(MixedWaitingPropertyTest::shaping);
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
