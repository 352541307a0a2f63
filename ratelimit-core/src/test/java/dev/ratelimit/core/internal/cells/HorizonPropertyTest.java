package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.Snapshot;
import dev.ratelimit.core.ExactBucket;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Budgets that take hundreds of days to refill, where a debt and a cost together are more than a word of units can hold:
 * every answer is that of {@link ExactBucket}s, which count in numbers without an end.
 */
class HorizonPropertyTest {

    private static final String KEY = "key";
    private static final long DAY = Duration.ofDays(1).toNanos();

    enum Action {
        DECIDE,
        PEEK,
        RESERVE,
        REFUND
    }

    record Step(double ofHorizon, Action action, double ofCapacity) {}

    private record Answer(int rate, boolean allowed, long remaining, long retryAfter, long resetAfter, long delay) {}

    /** The buckets of a policy's rates, asked as the policy is. */
    private static final class Model {

        private final Policy policy;
        private final List<ExactBucket> buckets;

        Model(Policy policy) {
            this.policy = policy;
            this.buckets = policy.rates().stream()
                    .map(rate -> new ExactBucket(kept(rate, policy.maxDelay())))
                    .toList();
        }

        Answer ask(long now, long permits, boolean ahead, boolean takes) {
            long delay = ahead ? policy.maxDelay().toNanos() : 0;
            long[] waits = buckets.stream()
                    .mapToLong(bucket -> bucket.wait(now, permits))
                    .toArray();
            long longest = LongStream.of(waits).max().orElseThrow();
            if (longest > delay) {
                int refusing = 0;
                while (waits[refusing] < longest) {
                    refusing++;
                }
                ExactBucket bucket = buckets.get(refusing);
                return new Answer(refusing, false, bucket.remaining(now), longest - delay, bucket.untilFull(now), 0);
            }
            if (takes) {
                // Charged to all for the instant at which the last of them has its permits.
                buckets.forEach(bucket -> bucket.charge(now + longest, permits));
            }
            int binding = -1;
            for (int i = 0; i < waits.length; i++) {
                boolean less = binding < 0
                        || buckets.get(i).remaining(now) < buckets.get(binding).remaining(now);
                binding = waits[i] == longest && less ? i : binding;
            }
            ExactBucket bucket = buckets.get(binding);
            return new Answer(binding, true, bucket.remaining(now), 0, bucket.untilFull(now), longest);
        }

        List<Snapshot.Budget> budgets(long now) {
            return LongStream.range(0, buckets.size())
                    .mapToObj(i -> new Snapshot.Budget(
                            policy.rates().get((int) i),
                            buckets.get((int) i).remaining(now),
                            buckets.get((int) i).owed(now),
                            Duration.ofNanos(buckets.get((int) i).untilFull(now))))
                    .toList();
        }
    }

    @Property(tries = 3_000)
    void sameAnswersAsExactBuckets(
            @ForAll("policies") Policy policy, @ForAll long start, @ForAll("steps") List<Step> steps) {
        ManualTime time = new ManualTime(start);
        Limiter<String> limiter =
                Limiters.builder(policy).maxKeys(10).timeSource(time).build();
        Model model = new Model(policy);
        long capacity = policy.rates().stream().mapToLong(Rate::capacity).min().orElseThrow();
        long now = 0;
        long promised = 0;
        for (Step step : steps) {
            // What is forgiven while nobody looks is HorizonTest's: here debts are to grow.
            now += (long) (step.ofHorizon() * 400 * DAY);
            time.set(start + now);
            long permits = Math.max(1, Math.round(step.ofCapacity() * capacity));
            switch (step.action()) {
                case DECIDE -> same(policy, limiter.decide(KEY, permits), model.ask(now, permits, false, true));
                case PEEK -> same(policy, limiter.peek(KEY, permits), model.ask(now, permits, false, false));
                case RESERVE -> {
                    Answer expected = model.ask(now, permits, true, true);
                    Reservation reservation = limiter.reserve(KEY, permits);
                    same(policy, reservation.decision(), expected);
                    assertThat(reservation.dueNanos()).isEqualTo(start + now + expected.delay());
                    promised = Math.max(promised, expected.allowed() ? now + expected.delay() : now);
                }
                case REFUND -> {
                    // What is promised keeps its instants, and bounds what can be given back.
                    if (promised > now) {
                        break;
                    }
                    long instant = now;
                    limiter.refund(KEY, permits);
                    model.buckets.forEach(bucket -> bucket.refund(instant, permits));
                }
            }
            assertThat(limiter.snapshot(KEY).budgets()).isEqualTo(model.budgets(now));
        }
    }

    private static void same(Policy policy, Decision decision, Answer expected) {
        assertThat(new Answer(
                        policy.rates().indexOf(decision.rate().orElseThrow()),
                        decision.allowed(),
                        decision.remaining(),
                        decision.retryAfterNanos(),
                        decision.resetAfterNanos(),
                        decision.delayNanos()))
                .isEqualTo(expected);
    }

    /** Once charged as much as there is room for, because there is no room for two permits. */
    @Example
    void aReservationOfTheOnlyPermitThatThereIsRoomForIsChargedWhatItCosts() {
        Policy policy = Policy.of("p", Rate.of(1, Duration.ofDays(217))).shape(Duration.ofDays(45));
        ManualTime time = new ManualTime();
        Limiter<String> limiter = Limiters.builder(policy).timeSource(time).build();
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        time.advance(Duration.ofDays(172));
        assertThat(limiter.reserve(KEY, 1).decision().delay()).isEqualTo(Duration.ofDays(45));
        time.advance(Duration.ofDays(45));
        assertThat(limiter.peek(KEY).retryAfter()).isEqualTo(Duration.ofDays(217));
    }

    /** Once failed: "retry after 233 days, 66 of 300 left". */
    @Example
    void twoRatesOfThreeHundredDaysRefuseWithWhatIsTrue() {
        Rate slow = Rate.of(300, Duration.ofDays(300));
        Policy policy = Policy.of("p", slow, Rate.perSecond(1000));
        Limiter<String> limiter =
                Limiters.builder(policy).timeSource(new ManualTime()).build();
        assertThat(limiter.tryAcquire(KEY, 300)).isTrue();
        for (Decision refused : List.of(
                limiter.decide(KEY, 300),
                limiter.peek(KEY, 300),
                limiter.reserve(KEY, 300).decision())) {
            assertThat(refused.allowed()).isFalse();
            assertThat(refused.rate()).contains(slow);
            assertThat(refused.remaining()).isZero();
            assertThat(refused.retryAfter()).isEqualTo(Duration.ofDays(300));
            assertThat(refused.resetAfter()).isEqualTo(Duration.ofDays(300));
        }
    }

    /** Once failed: "90 of 100 left, full after 1 s", which is what there would be after the maximum delay. */
    @Example
    void aRefusedReservationTellsWhatIsThereNow() {
        Rate rate = Rate.perSecond(100);
        for (Policy policy : List.of(
                Policy.of("one", rate).shape(Duration.ofSeconds(10)),
                Policy.of("two", Rate.perHour(1_000_000), rate).shape(Duration.ofSeconds(10)))) {
            Limiter<String> limiter =
                    Limiters.builder(policy).timeSource(new ManualTime()).build();
            for (int i = 0; i < 1010; i++) {
                assertThat(limiter.reserve(KEY, 1).allowed()).isTrue();
            }
            Decision refused = limiter.reserve(KEY, 100).decision();
            assertThat(refused.rate()).contains(rate);
            assertThat(refused.remaining()).isZero();
            assertThat(refused.resetAfter()).isEqualTo(Duration.ofMillis(10_100));
            assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(100));
        }
    }

    /** The rate that is really kept: the same, but for odd fractions. */
    private static Rate kept(Rate rate, Duration maxDelay) {
        Units units = Units.of(rate, maxDelay.toNanos());
        return new Rate(units.perNano(), Duration.ofNanos(units.perPermit()), rate.capacity());
    }

    @Provide
    Arbitrary<Policy> policies() {
        Arbitrary<Long> refillDays = Arbitraries.longs().between(60, 416);
        Arbitrary<Rate> rates = Combinators.combine(
                        Arbitraries.of(1L, 2L, 3L, 7L, 60L),
                        refillDays,
                        Arbitraries.longs().between(1, 400))
                .as((permits, days, capacity) -> new Rate(
                        permits, Duration.ofNanos(Math.max(permits, days * DAY / capacity * permits)), capacity));
        Arbitrary<Duration> delays = Arbitraries.oneOf(
                        Arbitraries.just(0L), Arbitraries.longs().between(1, 300))
                .map(Duration::ofDays);
        return Combinators.combine(rates.list().uniqueElements().ofMinSize(1).ofMaxSize(3), delays)
                .as((list, delay) -> Policy.of(
                                "p", list.get(0), list.subList(1, list.size()).toArray(Rate[]::new))
                        .shape(delay))
                .filter(HorizonPropertyTest::isKept);
    }

    private static boolean isKept(Policy policy) {
        try {
            policy.rates().forEach(rate -> Units.of(rate, policy.maxDelay().toNanos()));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Double> ofHorizon = Arbitraries.oneOf(
                Arbitraries.just(0.0),
                Arbitraries.doubles().between(0, 0.01),
                Arbitraries.doubles().between(0, 1));
        Arbitrary<Double> ofCapacity =
                Arbitraries.oneOf(Arbitraries.just(1.0), Arbitraries.doubles().between(0, 1));
        return Combinators.combine(ofHorizon, Arbitraries.of(Action.class), ofCapacity)
                .as(Step::new)
                .list()
                .ofMaxSize(30);
    }
}
