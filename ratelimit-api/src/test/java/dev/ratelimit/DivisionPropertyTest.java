package dev.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The parts of a rate, added up again in integers of any size: never above the whole. */
class DivisionPropertyTest {

    /** How the parts together compare with the whole. */
    enum Sum {
        BELOW,
        EXACT,
        ABOVE
    }

    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

    @Property(tries = 5_000)
    void thePartsOfARateAreTheWhole(@ForAll("rates") Rate whole, @ForAll("parts") int parts) {
        Rate part = whole.dividedBy(parts);
        if (canBeSaid(whole, parts)) {
            assertThat(sumOfRates(whole, part, parts)).isEqualTo(Sum.EXACT);
        } else {
            assertThat(part.period()).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
            assertThat(part.permits() == 1 || sumOfRates(whole, part, parts) != Sum.ABOVE)
                    .isTrue();
        }
    }

    @Property(tries = 5_000)
    void thePartsOfACapacityAreNotAboveTheWholeButForOneEach(@ForAll("rates") Rate whole, @ForAll("parts") int parts) {
        BigInteger part = BigInteger.valueOf(whole.dividedBy(parts).capacity());
        BigInteger left = BigInteger.valueOf(whole.capacity()).subtract(part.multiply(BigInteger.valueOf(parts)));
        if (whole.capacity() >= parts) {
            // Not above the whole, and no more than one permit a part is lost.
            assertThat(left).isBetween(BigInteger.ZERO, BigInteger.valueOf(parts - 1L));
        } else {
            assertThat(part).isEqualTo(BigInteger.ONE);
        }
    }

    /** Small rates and numbers of nodes, each with each, so that nothing depends on what is drawn. */
    @Example
    void allSmallOnes() {
        assertThat(sumsOfAllSmallOnes(Rate::dividedBy)).containsOnly(Sum.EXACT);
    }

    @Example
    void twinsThatRoundAreCaught() {
        assertThat(sumsOfAllSmallOnes((whole, parts) -> {
                    long permits = Math.max(1, whole.permits() / parts);
                    return Rate.of(permits, whole.period());
                }))
                .as("permits rounded down, but to at least one")
                .contains(Sum.ABOVE, Sum.BELOW);
        assertThat(sumsOfAllSmallOnes((whole, parts) -> {
                    long period = whole.period().toNanos() / whole.permits() * parts;
                    return Rate.of(1, Duration.ofNanos(Math.max(1, period)));
                }))
                .as("nanoseconds per permit, rounded down")
                .contains(Sum.ABOVE);
    }

    private static List<Sum> sumsOfAllSmallOnes(BiFunction<Rate, Integer, Rate> division) {
        return Arbitraries.longs()
                .between(1, 40)
                .allValues()
                .orElseThrow()
                .flatMap(permits -> Arbitraries.integers()
                        .between(1, 50)
                        .allValues()
                        .orElseThrow()
                        .map(parts -> {
                            Rate whole = Rate.of(permits, Duration.ofNanos(1_000));
                            return sumOfRates(whole, division.apply(whole, parts), parts);
                        }))
                .distinct()
                .toList();
    }

    /** parts × p'/T' against p/T, multiplied out. */
    private static Sum sumOfRates(Rate whole, Rate part, int parts) {
        BigInteger together = BigInteger.valueOf(part.permits())
                .multiply(BigInteger.valueOf(parts))
                .multiply(BigInteger.valueOf(whole.period().toNanos()));
        BigInteger all = BigInteger.valueOf(whole.permits())
                .multiply(BigInteger.valueOf(part.period().toNanos()));
        return Sum.values()[together.subtract(all).signum() + 1];
    }

    /** Whether the part in lowest terms has a period that fits into a long. */
    private static boolean canBeSaid(Rate whole, int parts) {
        BigInteger period = BigInteger.valueOf(whole.period().toNanos()).multiply(BigInteger.valueOf(parts));
        BigInteger common = period.gcd(BigInteger.valueOf(whole.permits()));
        return period.divide(common).compareTo(MAX) <= 0;
    }

    @Provide
    Arbitrary<Rate> rates() {
        Arbitrary<Long> permits = Arbitraries.oneOf(
                Arbitraries.longs().between(1, 1_000), Arbitraries.longs().between(1, Long.MAX_VALUE));
        Arbitrary<Long> periods = Arbitraries.oneOf(
                Arbitraries.of(1_000_000_000L, 60_000_000_000L, 86_400_000_000_000L),
                Arbitraries.longs().between(1, Long.MAX_VALUE));
        Arbitrary<Long> capacities = Arbitraries.oneOf(
                Arbitraries.longs().between(1, 100), Arbitraries.longs().between(1, Long.MAX_VALUE));
        return Combinators.combine(permits, periods, capacities)
                .filter((n, period, capacity) -> n <= period)
                .as((n, period, capacity) -> new Rate(n, Duration.ofNanos(period), capacity));
    }

    @Provide
    Arbitrary<Integer> parts() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(1, 100), Arbitraries.integers().between(1, Integer.MAX_VALUE));
    }
}
