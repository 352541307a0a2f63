package dev.ratelimit.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * A client that keeps to the fields is never refused, whatever else it does; and other ways to fill them mislead it.
 *
 * <p>The client reads one answer only. It then takes as much as the fields allow at moments that are chosen to hurt: at
 * once, at the very end of a window, after a long pause, bit by bit.
 */
class ObedientClientPropertyTest {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** Permits, and the seconds within which no more of them may be taken. */
    private record Allowance(long permits, long seconds) {}

    private interface Reading {
        Allowance of(Decision decision);
    }

    @Property(tries = 3_000)
    void keepingToTheRateLimitField(@ForAll long seed) {
        assertThat(isEverRefused(seed, ObedientClientPropertyTest::rateLimit)).isFalse();
    }

    @Property(tries = 3_000)
    void keepingToThePolicyFieldFromAFullBudget(@ForAll long seed) {
        assertThat(isEverRefusedFromFull(seed, ObedientClientPropertyTest::policy))
                .isFalse();
    }

    @Property(tries = 3_000)
    void waitingAsLongAsToldAndNoSecondLess(@ForAll long seed) {
        Random random = new Random(seed);
        Rate rate = rate(random);
        ModelBucket bucket = used(rate, random);
        long permits = 1 + random.nextLong(rate.capacity());
        Decision decision = bucket.decide(permits);
        if (decision.allowed()) {
            return;
        }
        ServiceLimit limit = ServiceLimit.of("any", decision);
        assertThat(limit.figures().available()).isZero();
        assertThat(limit.figures().effectiveWindow()).isEqualTo(limit.retryAfterSeconds());
        bucket.advance((limit.retryAfterSeconds().orElseThrow() - 1) * NANOS_PER_SECOND);
        assertThat(bucket.decide(permits).allowed()).isFalse();
        bucket.advance(NANOS_PER_SECOND);
        assertThat(bucket.decide(permits).allowed()).isTrue();
    }

    @Property(tries = 3_000)
    void ifNothingIsLeftOnePermitIsThereAfterTheWindow(@ForAll long seed) {
        Random random = new Random(seed);
        ModelBucket bucket = used(rate(random), random);
        Decision decision = bucket.decide(1);
        while (decision.remaining() > 0) {
            decision = bucket.decide(decision.remaining());
        }
        long seconds =
                ServiceLimit.of("any", decision).figures().effectiveWindow().orElseThrow();
        assertThat(seconds).isPositive();
        // Figures are whole nanoseconds, so the window may be a second longer than it must within two of a boundary.
        bucket.advance((seconds - 1) * NANOS_PER_SECOND - (seconds > 1 ? 2 : 0));
        assertThat(bucket.decide(1).allowed()).isFalse();
        bucket.advance(NANOS_PER_SECOND + (seconds > 1 ? 2 : 0));
        assertThat(bucket.decide(1).allowed()).isTrue();
    }

    @Example
    void theTimeUntilTheBudgetIsFullWouldMislead() {
        assertThat(misled(decision -> new Allowance(decision.remaining(), wholeSeconds(decision.resetAfter()))))
                .isPositive();
    }

    @Example
    void theTimeUntilTheNextPermitWouldMislead() {
        assertThat(misled(decision -> new Allowance(
                        decision.remaining(),
                        wholeSeconds(decision.rate()
                                .orElseThrow()
                                .period()
                                .dividedBy(decision.rate().orElseThrow().permits())))))
                .isPositive();
    }

    @Example
    void oneMorePermitWouldMislead() {
        assertThat(misled(decision -> new Allowance(
                        rateLimit(decision).permits() + 1, rateLimit(decision).seconds())))
                .isPositive();
    }

    @Example
    void thePermitsPerPeriodWouldMisleadEvenFromAFullBudget() {
        Reading perPeriod = decision -> new Allowance(
                decision.rate().orElseThrow().permits(),
                wholeSeconds(decision.rate().orElseThrow().period()));
        assertThat(LongStream.range(0, 200)
                        .filter(seed -> isEverRefusedFromFull(seed, perPeriod))
                        .count())
                .isPositive();
    }

    private static long misled(Reading reading) {
        return LongStream.range(0, 200)
                .filter(seed -> isEverRefused(seed, reading))
                .count();
    }

    private static Allowance policy(Decision decision) {
        ServiceLimit limit = ServiceLimit.of("any", decision);
        return new Allowance(limit.figures().quota(), limit.figures().window().orElseThrow());
    }

    private static Allowance rateLimit(Decision decision) {
        ServiceLimit limit = ServiceLimit.of("any", decision);
        return new Allowance(
                limit.figures().available(), limit.figures().effectiveWindow().orElseThrow());
    }

    private static boolean isEverRefused(long seed, Reading reading) {
        Random random = new Random(seed);
        Rate rate = rate(random);
        ModelBucket bucket = used(rate, random);
        Decision decision = bucket.decide(1 + random.nextLong(rate.capacity() + 1));
        return isEverRefused(bucket, reading.of(decision), random);
    }

    private static boolean isEverRefusedFromFull(long seed, Reading reading) {
        Random random = new Random(seed);
        Rate rate = rate(random);
        Decision decision = new ModelBucket(rate).decide(1);
        return isEverRefused(new ModelBucket(rate), reading.of(decision), random);
    }

    private static boolean isEverRefused(ModelBucket bucket, Allowance allowance, Random random) {
        record Taken(long at, long permits) {}
        long window = allowance.seconds() * NANOS_PER_SECOND;
        Deque<Taken> recent = new ArrayDeque<>();
        long inWindow = 0;
        long now = 0;
        for (int step = 0; step < 60; step++) {
            long pause = pause(window, random);
            bucket.advance(pause);
            now += pause;
            while (!recent.isEmpty() && recent.getFirst().at() <= now - window) {
                inWindow -= recent.removeFirst().permits();
            }
            long left = allowance.permits() - inWindow;
            if (left > 0) {
                long permits = random.nextBoolean() ? left : 1 + random.nextLong(left);
                if (!bucket.decide(permits).allowed()) {
                    return true;
                }
                recent.addLast(new Taken(now, permits));
                inWindow += permits;
            }
        }
        return false;
    }

    private static long pause(long window, Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> window;
            case 2 -> Math.max(0, window - 1);
            case 3 -> random.nextLong(3 * window + 1);
            default -> random.nextLong(window / 10 + 2);
        };
    }

    /** A bucket that has had requests, so that its level is any, also between two permits. */
    private static ModelBucket used(Rate rate, Random random) {
        ModelBucket bucket = new ModelBucket(rate);
        for (int i = random.nextInt(4); i > 0; i--) {
            bucket.decide(1 + random.nextLong(rate.capacity()));
            bucket.advance(random.nextLong(rate.period().toNanos()));
        }
        return bucket;
    }

    /** From a permit a nanosecond to one in hours, with capacities far from the permits per period. */
    private static Rate rate(Random random) {
        long period = 1 + random.nextLong(1L << random.nextInt(10, 45));
        long permits = 1 + random.nextLong(Math.min(period, 1L << random.nextInt(1, 20)));
        long capacity = 1 + random.nextLong(1L << random.nextInt(0, 11));
        return new Rate(permits, Duration.ofNanos(period), capacity);
    }

    private static long wholeSeconds(Duration time) {
        return time.plusNanos(NANOS_PER_SECOND - 1).toSeconds();
    }
}
