package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.Snapshot;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Policies of several rates, with reservations, cancellations, refunds and changes: the answers are those of exact buckets,
 * and in no interval more departs than each rate allows.
 */
class PolicyPropertyTest {

    private static final String KEY = "key";
    private static final Duration MAX_DELAY = Duration.ofSeconds(3);

    enum Action {
        TAKE,
        RESERVE,
        CANCEL,
        REFUND,
        CHANGE
    }

    record Step(long nanos, Action action, int number) {}

    /** Takes only: the same answer as one exact bucket for each rate, asked all or nothing. */
    @Property(tries = 5_000)
    void sameAnswersAsExactBuckets(@ForAll("policies") Policy policy, @ForAll("steps") List<Step> steps) {
        ManualTime time = new ManualTime();
        Limiter<String> limiter =
                Limiters.builder(policy).maxKeys(10).timeSource(time).build();
        List<ExactBucket> models = policy.rates().stream().map(ExactBucket::new).toList();
        for (Step step : steps) {
            time.advanceNanos(step.nanos());
            long now = time.nanos();
            boolean expected = models.stream().allMatch(model -> model.allows(now, step.number()));
            long wait = 0;
            for (int i = 0; i < models.size(); i++) {
                boolean never = step.number() > policy.rates().get(i).capacity();
                wait = never || wait == Long.MAX_VALUE
                        ? Long.MAX_VALUE
                        : Math.max(wait, models.get(i).wait(now, (long) step.number()));
            }
            assertThat(limiter.peek(KEY, step.number()).allowed()).isEqualTo(expected);
            Decision decision = limiter.decide(KEY, step.number());
            assertThat(decision.allowed()).isEqualTo(expected);
            assertThat(decision.retryAfterNanos()).isEqualTo(wait);
            if (expected) {
                models.forEach(model -> model.charge(now, step.number()));
                assertThat(decision.remaining())
                        .isEqualTo(models.stream()
                                .mapToLong(model -> model.remaining(now))
                                .min()
                                .orElseThrow());
            }
            assertThat(limiter.snapshot(KEY).budgets())
                    .extracting(Snapshot.Budget::remaining)
                    .isEqualTo(
                            models.stream().map(model -> model.remaining(now)).toList());
        }
    }

    @Property(tries = 10_000)
    void inNoIntervalDoesMoreDepartThanEachRateAllows(
            @ForAll("policies") Policy policy, @ForAll("policies") Policy other, @ForAll("steps") List<Step> steps) {
        assertThat(excess(policy, other, steps, false)).isEmpty();
    }

    /** To give back what others have reserved, too, is too much: five would leave from 200 ms to 400 ms. */
    @Example
    void aTwinThatGivesEverythingBackIsCaught() {
        Policy policy = Policy.of("p", Rate.perSecond(10).burst(2)).shape(MAX_DELAY);
        List<Step> steps = List.of(
                new Step(0, Action.RESERVE, 2),
                new Step(0, Action.RESERVE, 2),
                new Step(0, Action.RESERVE, 1),
                new Step(200_000_000, Action.CANCEL, 1),
                new Step(0, Action.RESERVE, 2),
                new Step(0, Action.RESERVE, 2));
        assertThat(excess(policy, policy, steps, false)).isEmpty();
        assertThat(excess(policy, policy, steps, true)).isNotEmpty();
    }

    /** What was reserved has long departed when it is cancelled: of its debt nothing is left that could be given back. */
    @Example
    void aReservationCancelledLateGivesBackNothingThatTimeHasForgiven() {
        Policy policy = Policy.of("p", new Rate(2, Duration.ofMillis(700), 3)).shape(MAX_DELAY);
        List<Step> steps = new ArrayList<>(List.of(
                new Step(0, Action.TAKE, 3),
                new Step(0, Action.RESERVE, 2),
                new Step(1_750_000_000, Action.TAKE, 1),
                new Step(0, Action.CANCEL, 1)));
        steps.addAll(Collections.nCopies(3, new Step(0, Action.TAKE, 1)));
        assertThat(excess(policy, policy, steps, false)).isEmpty();
    }

    /** What departs after the last change of policy; says where that is more than a rate of the policy then in force allows. */
    private static String excess(Policy first, Policy second, List<Step> steps, boolean givesEverythingBack) {
        ManualTime time = new ManualTime();
        Limiter<String> limiter =
                Limiters.builder(first).maxKeys(40).timeSource(time).build();
        Policy policy = first;
        DepartureLog departures = new DepartureLog();
        List<Reservation> reservations = new ArrayList<>();
        List<DepartureLog.Departure> reserved = new ArrayList<>();
        for (Step step : steps) {
            time.advanceNanos(step.nanos());
            switch (step.action()) {
                case TAKE -> {
                    if (limiter.tryAcquire(KEY, step.number())) {
                        departures.add(time.nanos(), step.number());
                    }
                }
                case RESERVE -> {
                    Reservation reservation = limiter.reserve(KEY, step.number());
                    if (reservation.allowed()) {
                        reservations.add(reservation);
                        reserved.add(departures.add(reservation.dueNanos(), step.number()));
                    }
                }
                case CANCEL -> {
                    if (!reservations.isEmpty()) {
                        int which = step.number() % reservations.size();
                        DepartureLog.Departure departure = reserved.remove(which);
                        Reservation reservation = reservations.remove(which);
                        if (givesEverythingBack) {
                            limiter.reset(KEY);
                        } else {
                            reservation.cancel();
                        }
                        departures.remove(departure);
                    }
                }
                case REFUND -> {
                    // Of what was just taken, and so not used.
                    if (limiter.tryAcquire(KEY, step.number())) {
                        limiter.refund(KEY, step.number());
                    }
                }
                case CHANGE -> {
                    policy = policy.equals(first) ? second : first;
                    limiter.update(policy);
                    departures.clear();
                    reservations.clear();
                    reserved.clear();
                }
            }
        }
        Policy last = policy;
        return last.rates().stream()
                .map(departures::excess)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }

    @Provide
    Arbitrary<Policy> policies() {
        Arbitrary<Rate> rates = Combinators.combine(
                        Arbitraries.longs().between(1, 20),
                        Arbitraries.of(1L, 7L, 10L, 60L),
                        Arbitraries.longs().between(1, 8))
                .as((permits, tenths, capacity) -> new Rate(permits, Duration.ofMillis(100 * tenths), capacity));
        return rates.list()
                .uniqueElements()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(list -> Policy.of(
                                "p", list.get(0), list.subList(1, list.size()).toArray(Rate[]::new))
                        .shape(MAX_DELAY));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> nanos = Arbitraries.oneOf(
                Arbitraries.just(0L),
                Arbitraries.longs().between(0, 50_000_000),
                Arbitraries.longs().between(0, 2_000_000_000),
                Arbitraries.of(100_000_000L, 1_000_000_000L));
        return Combinators.combine(
                        nanos,
                        Arbitraries.of(Action.class),
                        Arbitraries.integers().between(1, 5))
                .as(Step::new)
                .list()
                .ofMaxSize(50);
    }
}
