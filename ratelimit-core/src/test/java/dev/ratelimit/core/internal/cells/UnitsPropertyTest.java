package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Rate;
import java.math.BigInteger;
import java.time.Duration;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class UnitsPropertyTest {

    private static final BigInteger ROOM = BigInteger.ONE.shiftLeft(55);

    @Property(tries = 20_000)
    void neverAboveTheRateAndAtMostOneInABillionBelow(
            @ForAll @LongRange(min = 1, max = 1_000_000_000) long permits,
            @ForAll @LongRange(min = 1, max = 86_400_000_000_000L) long period,
            @ForAll @LongRange(min = 1, max = 10_000_000) long capacity) {
        Assume.that(permits <= period);
        Assume.that(
                refillNanos(permits, period, capacity) < Duration.ofDays(390).toNanos());
        check(new Rate(permits, Duration.ofNanos(period), capacity));
    }

    @Property(tries = 5_000)
    void anyWholeRatePerSecondWithItsOwnCapacityIsKeptOrRefused(
            @ForAll @LongRange(min = 1, max = 1_000_000_000) long permits) {
        try {
            check(Rate.perSecond(permits));
        } catch (IllegalArgumentException e) {
            assertThat(permits).isGreaterThan(10_000_000);
            assertThat(e)
                    .hasMessageStartingWith("the burst of " + permits + " is too large for " + permits + " per PT1S");
        }
    }

    @Example
    void commonRatesAreExact() {
        assertThat(Units.of(Rate.perSecond(1000)))
                .extracting(Units::perPermit, Units::perNano)
                .containsExactly(1_000_000L, 1L);
        assertThat(Units.of(Rate.perSecond(3)))
                .extracting(Units::perPermit, Units::perNano)
                .containsExactly(1_000_000_000L, 3L);
        assertThat(Units.of(Rate.perMinute(14_500)))
                .extracting(Units::perPermit, Units::perNano)
                .containsExactly(120_000_000L, 29L);
        assertThat(Units.of(Rate.perSecond(999_983)))
                .extracting(Units::perPermit, Units::perNano)
                .containsExactly(1_000_000_000L, 999_983L);
    }

    @Example
    void aYearsWorthIsKeptAndFourHundredAndTwentyDaysAreNot() {
        check(Rate.perDay(1).burst(365));
        assertThatThrownBy(() -> Units.of(Rate.perDay(1).burst(420)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the burst of 420 is too large for 1 per PT24H, at which it takes too long to refill: at most 416");
    }

    @Example
    void rateTooOddForItsCapacityIsRefused() {
        assertThatThrownBy(() -> Units.of(Rate.perSecond(999_999_999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "the burst of 999999999 is too large for 999999999 per PT1S, which it lets be kept only"
                                + " roughly: at most ");
        check(Rate.perSecond(999_999_999).burst(1_000_000));
        check(Rate.perSecond(999_999_999).burst(10_000_000));
        check(Rate.perSecond(333_333_333).burst(10_000_000));
    }

    private static double refillNanos(long permits, long period, long capacity) {
        return (double) capacity * period / permits;
    }

    private static void check(Rate rate) {
        Units units = Units.of(rate);
        BigInteger p = BigInteger.valueOf(rate.permits());
        BigInteger d = BigInteger.valueOf(rate.period().toNanos());
        BigInteger keptP = BigInteger.valueOf(units.perNano());
        BigInteger keptD = BigInteger.valueOf(units.perPermit());
        // p'/d' <= p/d and p'/d' >= p/d (1 - 10^-9)
        BigInteger lost = p.multiply(keptD).subtract(keptP.multiply(d));
        assertThat(lost.signum()).as("above the rate").isNotNegative();
        assertThat(lost.multiply(BigInteger.valueOf(1_000_000_000))).isLessThanOrEqualTo(p.multiply(keptD));
        // the room that Horizon relies on
        assertThat(units.sweepNanos()).isGreaterThanOrEqualTo(1 << 20);
        assertThat(BigInteger.valueOf(rate.capacity())
                        .multiply(keptD)
                        .add(BigInteger.valueOf(units.sweepNanos())
                                .multiply(keptP)
                                .shiftLeft(3)))
                .isLessThan(ROOM);
    }
}
