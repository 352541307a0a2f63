package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.core.ExactBucket;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/** The limiter without a key against {@link ExactBucket}: the same answer at every step of any history. */
class SingleCellPropertyTest {

    enum Action {
        TAKE,
        TAKE_FRACTION,
        REFUND,
        PEEK,
        RESET
    }

    /** One step: time goes on (or back), then something is done with a number of permits. */
    record Step(double refillsForward, boolean back, Action action, double ofCapacity) {}

    private static final long DAYS_390 = Duration.ofDays(390).toNanos();

    @Property(tries = 3_000)
    void sameAnswersAsTheExactModel(
            @ForAll("rates") Rate rate, @ForAll("starts") long start, @ForAll("steps") List<Step> steps) {
        assertThat(replay(rate, start, steps, new ExactBucket(keptRate(rate)))).isEqualTo(-1);
    }

    /** Where the rate is approximated: never above the exact rate, and not below it by more than 1 in 10^9. */
    @Property(tries = 1_000)
    void approximatedRatesStayJustBelow(@ForAll("oddRates") Rate rate, @ForAll("steps") List<Step> steps) {
        ManualTime time = new ManualTime(12_345);
        SingleLimiter limiter = Limiters.single(rate, time);
        ExactBucket above = new ExactBucket(rate);
        BigInteger billion = BigInteger.valueOf(1_000_000_000);
        ExactBucket below = new ExactBucket(rate, billion.subtract(BigInteger.ONE), billion);
        for (Step step : steps) {
            time.advanceNanos((long) (step.refillsForward() * refillNanos(rate)));
            long permits = permits(rate, step);
            long now = time.nanos();
            boolean allowed = limiter.tryAcquire(permits);
            if (allowed) {
                assertThat(above.take(now, permits)).as("above the rate").isTrue();
                below.charge(now, permits);
            } else {
                assertThat(below.allows(now, permits))
                        .as("too far below the rate")
                        .isFalse();
            }
        }
    }

    /** Once failed: what had passed when the horizon moved was free for good, though the clock came back before it. */
    @Example
    void aLongWayOnAndBackAgain() {
        Rate rate = Rate.perHour(1).burst(1346);
        List<Step> steps = List.of(
                new Step(0, false, Action.TAKE_FRACTION, 0.3),
                new Step(1.6, false, Action.PEEK, 0),
                new Step(1.29, true, Action.TAKE, 0));
        assertThat(replay(rate, 0, steps, new ExactBucket(rate))).isEqualTo(-1);
    }

    @Example
    void aTwinThatRoundsTimeIsCaught() {
        // Nanoseconds per permit, rounded, as many limiters keep them: 3 per second are not back after a second.
        Rate rounded = new Rate(1, Duration.ofNanos(333_333_334), 3);
        List<Step> steps = List.of(new Step(0, false, Action.TAKE_FRACTION, 1), new Step(1, false, Action.PEEK, 0));
        assertThat(replay(Rate.perSecond(3), 0, steps, new ExactBucket(Rate.perSecond(3))))
                .isEqualTo(-1);
        assertThat(replay(Rate.perSecond(3), 0, steps, new ExactBucket(rounded)))
                .isNotEqualTo(-1);
    }

    /** Returns the step at which limiter and model differ, or -1. */
    private static int replay(Rate rate, long start, List<Step> steps, ExactBucket model) {
        ManualTime time = new ManualTime(start);
        SingleLimiter limiter = Limiters.single(rate, time);
        // The model counts on where the limiter's clock wraps.
        long now = 0;
        long tolerance = 2 * Units.of(rate).sweepNanos();
        long latest = 0;
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            double moved = step.refillsForward() * refillNanos(rate);
            now += step.back() ? -(long) Math.min(moved, (double) tolerance) : (long) Math.min(moved, 1e16);
            now = Math.max(now, latest - tolerance);
            latest = Math.max(latest, now);
            time.set(start + now);
            long permits = permits(rate, step);
            boolean same = switch (step.action()) {
                case TAKE -> limiter.tryAcquire() == model.take(now, 1) && agree(limiter.peek(), model, now, 1);
                case TAKE_FRACTION -> {
                    Decision decision = limiter.decide(permits);
                    yield decision.allowed() == model.allows(now, permits)
                            && decision.allowed() == model.take(now, permits)
                            && decision.remaining() == model.remaining(now)
                            && decision.resetAfterNanos() == model.untilFull(now)
                            && (decision.allowed() || decision.retryAfterNanos() == model.wait(now, permits));
                }
                case REFUND -> {
                    limiter.refund(permits);
                    model.refund(now, permits);
                    yield agree(limiter.peek(), model, now, 1);
                }
                case RESET -> {
                    limiter.reset();
                    model.reset();
                    yield agree(limiter.peek(), model, now, 1);
                }
                case PEEK -> agree(limiter.peek(permits), model, now, permits);
            };
            if (!same) {
                return i;
            }
        }
        return -1;
    }

    private static boolean agree(Decision decision, ExactBucket model, long now, long permits) {
        return decision.allowed() == model.allows(now, permits)
                && decision.remaining() == model.remaining(now)
                && decision.retryAfterNanos() == model.wait(now, permits)
                && decision.resetAfterNanos() == model.untilFull(now);
    }

    /** The rate that the limiter really keeps: the same, but for odd fractions. */
    private static Rate keptRate(Rate rate) {
        Units units = Units.of(rate);
        return new Rate(units.perNano(), Duration.ofNanos(units.perPermit()), rate.capacity());
    }

    private static long permits(Rate rate, Step step) {
        return Math.max(1, Math.min(rate.capacity(), (long) (step.ofCapacity() * rate.capacity())));
    }

    private static double refillNanos(Rate rate) {
        return (double) rate.capacity() * rate.period().toNanos() / rate.permits();
    }

    @Provide
    Arbitrary<Rate> rates() {
        Arbitrary<Long> permits = Arbitraries.oneOf(
                Arbitraries.longs().between(1, 1_000), Arbitraries.longs().between(1, 1_000_000_000));
        Arbitrary<Long> periods = Arbitraries.oneOf(
                Arbitraries.of(1_000_000L, 1_000_000_000L, 60_000_000_000L, 3_600_000_000_000L, 86_400_000_000_000L),
                Arbitraries.longs().between(1, 86_400_000_000_000L));
        Arbitrary<Long> capacities = Arbitraries.oneOf(
                Arbitraries.longs().between(1, 20), Arbitraries.longs().between(1, 10_000_000));
        return Combinators.combine(permits, periods, capacities)
                .filter((n, period, capacity) -> n <= period && (double) capacity * period / n < DAYS_390)
                .as((n, period, capacity) -> new Rate(n, Duration.ofNanos(period), capacity));
    }

    @Provide
    Arbitrary<Rate> oddRates() {
        Arbitrary<Tuple2<Long, Long>> justBelowSimple = Combinators.combine(
                        Arbitraries.longs().between(1, 9), Arbitraries.longs().between(1, 50))
                .as((divisor, less) -> Tuple.of(1_000_000_000 / divisor - less, 1_000_000_000L));
        Arbitrary<Long> capacities = Arbitraries.longs().between(1, 10_000_000);
        return Combinators.combine(justBelowSimple, capacities)
                .as((fraction, capacity) -> new Rate(fraction.get1(), Duration.ofNanos(fraction.get2()), capacity));
    }

    @Provide
    Arbitrary<Long> starts() {
        return Arbitraries.longs();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Double> forward = Arbitraries.oneOf(
                Arbitraries.just(0.0),
                Arbitraries.doubles().between(0, 0.01),
                Arbitraries.doubles().between(0, 2),
                Arbitraries.doubles().between(0, 1_000_000));
        Arbitrary<Boolean> back = Arbitraries.of(false, false, false, false, true);
        return Combinators.combine(
                        forward,
                        back,
                        Arbitraries.of(Action.class),
                        Arbitraries.doubles().between(0, 1))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }
}
