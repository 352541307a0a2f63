package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However long a key has been away, it is never found in debt for that; and a clock that goes back only makes stricter. */
class HorizonTest {

    private static final long FIFTY_YEARS = Duration.ofDays(50 * 365 + 12).toNanos();

    static List<Rate> rates() {
        return List.of(
                Rate.perSecond(1000),
                Rate.perSecond(3),
                Rate.perDay(1),
                Rate.perDay(1).burst(365),
                Rate.perSecond(999_983),
                Rate.perSecond(1_000_000_000),
                Rate.perSecond(999_999_999).burst(1_000_000),
                Rate.of(7, Duration.ofNanos(86_399_999_999_989L)));
    }

    /** Jumps that fall on every part of the 56 bits, from the refill to fifty years. */
    static LongStream jumps(Rate rate) {
        long refill = (long) ((double) rate.capacity() * rate.period().toNanos() / rate.permits()) + 2;
        SplittableRandom random = new SplittableRandom(11);
        return LongStream.concat(
                LongStream.iterate(refill, jump -> jump < FIFTY_YEARS, jump -> jump + jump / 7 + 1),
                random.longs(2_000, refill, FIFTY_YEARS));
    }

    @ParameterizedTest
    @MethodSource("rates")
    void noJumpMakesAnOldBucketLookInDebt(Rate rate) {
        jumps(rate).forEach(jump -> {
            ManualTime time = new ManualTime(Long.MAX_VALUE - 1_000);
            SingleLimiter limiter = Limiters.single(rate, time);
            assertThat(limiter.tryAcquire(rate.capacity())).isTrue();
            time.advanceNanos(jump);
            assertThat(limiter.peek().remaining()).as("after %d ns", jump).isEqualTo(rate.capacity());
            assertThat(limiter.tryAcquire(rate.capacity())).isTrue();
            assertThat(limiter.tryAcquire()).isFalse();
        });
    }

    @ParameterizedTest
    @MethodSource("rates")
    void noJumpMakesAnOldKeyLookInDebt(Rate rate) {
        ManualTime time = new ManualTime(-5);
        Budgets table = new CellTable(20, WhenSaturated.EVICT, time).budgets(rate, Duration.ZERO);
        long[] key = {0};
        jumps(rate).forEach(jump -> {
            // Another key is touched half way: it must not make the first one's cell young.
            key[0] = key[0] % 30 + 2;
            assertThat(Outcome.isAllowed(table.take(1, rate.capacity())))
                    .as("before a jump of %d ns", jump)
                    .isTrue();
            time.advanceNanos(jump / 2);
            table.take(key[0] << 32 | key[0], 1);
            time.advanceNanos(jump - jump / 2);
        });
        assertThat(table.evictedInDebt()).isZero();
    }

    @Test
    void aTwinThatNeverSweepsIsCaught() {
        Rate rate = Rate.perSecond(1000);
        Gcra gcra = new Gcra(rate);
        long cell = gcra.cell(gcra.reading(0), gcra.cost(1), Cell.FREE);
        assertThat(jumps(rate).filter(jump -> Gcra.debt(cell, gcra.reading(jump)) > 0))
                .as("jumps after which the cell looks in debt, if nothing frees it")
                .hasSizeGreaterThan(500);
    }

    @ParameterizedTest
    @MethodSource("rates")
    void noStepBackIsGenerous(Rate rate) {
        jumps(rate).forEach(jump -> {
            ManualTime time = new ManualTime(1_000);
            SingleLimiter limiter = Limiters.single(rate, time);
            limiter.tryAcquire(rate.capacity());
            time.advanceNanos(-jump);
            assertThat(limiter.tryAcquire()).as("%d ns back", jump).isFalse();
            time.set(1_000);
            assertThat(limiter.tryAcquire()).isFalse();
            time.advanceNanos(jump);
            assertThat(limiter.tryAcquire(rate.capacity())).isTrue();
        });
    }

    @Test
    void aClockThatStandsStillRefillsNothing() {
        Budgets table = new CellTable(10, WhenSaturated.EVICT, () -> 77).budgets(Rate.perSecond(5), Duration.ZERO);
        for (int i = 0; i < 100; i++) {
            assertThat(Outcome.isAllowed(table.take(1, 1))).isEqualTo(i < 5);
        }
    }
}
