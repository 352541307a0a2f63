package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.Snapshot;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** {@link Rate#initially}: a key never seen has what it would have if it had been there since the limiter was built. */
class InitiallyPropertyTest {

    enum Action {
        DECIDE,
        PEEK,
        REFUND,
        RESET
    }

    record Step(int key, double ofRefill, Action action, double ofCapacity) {}

    private final ManualTime time = new ManualTime(-77);

    private Limiter<String> limiter(Rate rate, Rate... more) {
        return Limiters.builder(Policy.of("p", rate, more)).timeSource(time).build();
    }

    @Property(tries = 2_000)
    void sameAnswersAsBucketsThatWereThereFromTheBeginning(
            @ForAll("rates") Rate rate, @ForAll long start, @ForAll("steps") List<Step> steps) {
        assertThat(firstDifference(rate, start, steps, step -> 0)).isEqualTo(-1);
    }

    @Property(tries = 500)
    void theLimiterWithoutAKeyGivesTheSameAnswers(
            @ForAll("rates") Rate rate, @ForAll long start, @ForAll("steps") List<Step> steps) {
        ManualTime clock = new ManualTime(start);
        SingleLimiter limiter = Limiters.single(rate, clock);
        ExactBucket model = new ExactBucket(rate).startingWith(rate.initially(), 0);
        long now = 0;
        for (Step step : steps) {
            now += forward(rate, step);
            clock.set(start + now);
            long permits = permits(rate, step);
            switch (step.action()) {
                case DECIDE -> assertThat(limiter.decide(permits).allowed()).isEqualTo(model.take(now, permits));
                case REFUND -> {
                    limiter.refund(permits);
                    model.refund(now, permits);
                }
                case RESET -> {
                    limiter.reset();
                    model.reset();
                }
                default -> {}
            }
            assertThat(limiter.peek(permits).retryAfterNanos()).isEqualTo(model.wait(now, permits));
            assertThat(limiter.peek().remaining()).isEqualTo(model.remaining(now));
        }
    }

    /** A model in which a key's warm-up begins when it is first asked for; no limiter of fixed memory can know. */
    @Example
    void aTwinThatBeginsWithTheFirstRequestIsCaught() {
        Rate rate = Rate.perSecond(10).initially(0);
        List<Step> steps = List.of(new Step(0, 0.5, Action.PEEK, 0.1), new Step(1, 0.5, Action.PEEK, 1));
        assertThat(firstDifference(rate, 0, steps, step -> 0)).isEqualTo(-1);
        assertThat(firstDifference(rate, 0, steps, step -> 1)).isEqualTo(0);
    }

    /** Returns the step at which limiter and model differ, or -1. */
    private static int firstDifference(Rate rate, long start, List<Step> steps, ToIntFunction<Step> late) {
        ManualTime clock = new ManualTime(start);
        Limiter<Integer> limiter =
                Limiters.builder(rate).maxKeys(50).timeSource(clock).build();
        Map<Integer, ExactBucket> buckets = new TreeMap<>();
        long now = 0;
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            now += forward(rate, step);
            clock.set(start + now);
            long begins = late.applyAsInt(step) * now;
            ExactBucket model = buckets.computeIfAbsent(
                    step.key(), key -> new ExactBucket(rate).startingWith(rate.initially(), begins));
            long permits = permits(rate, step);
            boolean same = true;
            switch (step.action()) {
                case DECIDE -> {
                    Decision decision = limiter.decide(step.key(), permits);
                    long wait = model.wait(now, permits);
                    same = decision.allowed() == model.take(now, permits)
                            && decision.retryAfterNanos() == wait
                            && decision.remaining() == model.remaining(now)
                            && decision.resetAfterNanos() == model.untilFull(now);
                }
                case REFUND -> {
                    limiter.refund(step.key(), permits);
                    model.refund(now, permits);
                }
                case RESET -> {
                    limiter.reset(step.key());
                    model.reset();
                }
                default -> {}
            }
            Decision peeked = limiter.peek(step.key(), permits);
            if (!same
                    || peeked.retryAfterNanos() != model.wait(now, permits)
                    || peeked.remaining() != model.remaining(now)) {
                return i;
            }
        }
        return -1;
    }

    private static long forward(Rate rate, Step step) {
        double refill = (double) rate.capacity() * rate.period().toNanos() / rate.permits();
        return (long) (step.ofRefill() * refill);
    }

    private static long permits(Rate rate, Step step) {
        return Math.max(1, Math.round(step.ofCapacity() * rate.capacity()));
    }

    @Example
    void noneInitially() {
        Limiter<String> limiter = limiter(Rate.perSecond(10).burst(100).initially(0));
        assertThat(limiter.tryAcquire("a")).isFalse();
        assertThat(limiter.decide("a").retryAfter()).isEqualTo(Duration.ofMillis(100));
        time.advance(Duration.ofMillis(100));
        assertThat(limiter.tryAcquire("a")).isTrue();
        assertThat(limiter.tryAcquire("a")).isFalse();
        time.advance(Duration.ofSeconds(5));
        assertThat(limiter.peek("never seen").remaining()).isEqualTo(51);
        assertThat(limiter.peek("a").remaining()).isEqualTo(50);
    }

    /** The warm-up is the limiter's: a key that was full, or comes later, does not begin again. */
    @Example
    void onceAWholeCapacityIsRegainedAllIsAsIfItHadStartedFull() {
        Limiter<String> limiter = limiter(Rate.perSecond(10).initially(0));
        limiter.tryAcquire("a");
        time.advance(Duration.ofSeconds(1));
        assertThat(limiter.tryAcquire("a", 10)).isTrue();
        time.advance(Duration.ofDays(400));
        for (String key : List.of("a", "b")) {
            assertThat(limiter.tryAcquire(key, 10)).isTrue();
            limiter.refund(key, 10);
            assertThat(limiter.tryAcquire(key, 10)).isTrue();
            limiter.reset(key);
            assertThat(limiter.peek(key).remaining()).isEqualTo(10);
        }
    }

    @Example
    void ofSeveralRatesEachStartsAsItIsTold() {
        Limiter<String> limiter = limiter(Rate.perSecond(10).initially(2), Rate.perHour(100));
        assertThat(limiter.snapshot("a").budgets())
                .extracting(Snapshot.Budget::remaining)
                .containsExactly(2L, 100L);
        assertThat(limiter.tryAcquire("a", 3)).isFalse();
        assertThat(limiter.tryAcquire("a", 2)).isTrue();
        assertThat(limiter.snapshot("a").budgets())
                .extracting(Snapshot.Budget::remaining)
                .containsExactly(0L, 98L);
    }

    @Example
    void reservationsAreDueWhenTheWarmUpHasTheirPermits() {
        Rate rate = Rate.perSecond(10).initially(0);
        for (Policy policy : List.of(
                Policy.of("one", rate).shape(Duration.ofSeconds(5)),
                Policy.of("two", rate, Rate.perHour(1000)).shape(Duration.ofSeconds(5)))) {
            Limiter<String> limiter = Limiters.builder(policy).timeSource(time).build();
            List<Reservation> reserved = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                reserved.add(limiter.reserve("a", 2));
                assertThat(reserved.get(i - 1).decision().delay()).isEqualTo(Duration.ofMillis(200L * i));
            }
            Collections.reverse(reserved);
            reserved.forEach(Reservation::cancel);
            assertThat(limiter.reserve("a", 2).decision().delay()).isEqualTo(Duration.ofMillis(200));
        }
    }

    @Example
    void anUpdateCountsFromWhenTheLimiterWasBuiltToo() {
        Limiter<String> limiter = limiter(Rate.perSecond(10).burst(100).initially(0));
        time.advance(Duration.ofSeconds(2));
        assertThat(limiter.tryAcquire("seen", 20)).isTrue();
        limiter.update(Policy.of("p", Rate.perSecond(20).burst(100).initially(10)));
        assertThat(limiter.peek("never seen").remaining()).isEqualTo(10 + 2 * 20);
        assertThat(limiter.peek("seen").remaining()).as("what it owes").isZero();
        limiter.update(Policy.of("p", Rate.perSecond(20).burst(100)));
        assertThat(limiter.peek("never seen").remaining()).isEqualTo(100);
        assertThat(limiter.peek("seen").remaining()).isZero();
        time.advance(Duration.ofDays(1));
        limiter.update(Policy.of("p", Rate.perSecond(10).burst(100).initially(0)));
        assertThat(limiter.peek("never seen").remaining()).isEqualTo(100);
    }

    @Example
    void aNodeHasItsPartOfIt() {
        Limiter<String> limiter = Limiters.builder(Rate.perSecond(100).initially(50))
                .clusterShare(ClusterShare.fixed(4))
                .timeSource(time)
                .build();
        assertThat(limiter.peek("a").remaining()).isEqualTo(12);
        assertThat(limiter.peek("a").capacity()).isEqualTo(25);
    }

    /** What is refused from the start takes no place; a table that is full of keys in debt says so only to those it would allow. */
    @Example
    void refusedKeysTakeNoPlace() {
        Limiter<Integer> limiter = Limiters.builder(Rate.perSecond(10).initially(1))
                .maxKeys(1)
                .whenSaturated(WhenSaturated.DENY)
                .timeSource(time)
                .build();
        for (int key = 0; key < 1000; key++) {
            assertThat(limiter.decide(key, 2).reason()).isEqualTo(Decision.Reason.OVER_LIMIT);
        }
        for (int key = 0; key < 8; key++) {
            assertThat(limiter.tryAcquire(key)).isTrue();
        }
        assertThat(limiter.decide(9).reason()).isEqualTo(Decision.Reason.SATURATED);
    }

    @Provide
    Arbitrary<Rate> rates() {
        return Combinators.combine(
                        Arbitraries.longs().between(1, 20),
                        Arbitraries.of(1L, 7L, 1000L),
                        Arbitraries.longs().between(1, 50),
                        Arbitraries.doubles().between(0, 1))
                .as((permits, millis, capacity, ofCapacity) -> new Rate(permits, Duration.ofMillis(millis), capacity)
                        .initially(Math.round(ofCapacity * capacity)));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Double> ofRefill = Arbitraries.oneOf(
                Arbitraries.just(0.0),
                Arbitraries.doubles().between(0, 0.1),
                Arbitraries.doubles().between(0, 1.5));
        return Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        ofRefill,
                        Arbitraries.of(Action.class),
                        Arbitraries.doubles().between(0, 1))
                .as(Step::new)
                .list()
                .ofMaxSize(40);
    }
}
