package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Fractions are in lowest terms, and the best fraction below one with a smaller numerator is found. */
class FractionPropertyTest {

    private static Fraction bestBelow(long numerator, long denominator, long maxNumerator) {
        return Fraction.reduced(numerator, denominator).bestBelow(BigInteger.valueOf(maxNumerator));
    }

    @Example
    void aFractionIsReducedToLowestTerms() {
        assertThat(Fraction.reduced(600, 1_000)).isEqualTo(new Fraction(BigInteger.valueOf(3), BigInteger.valueOf(5)));
        assertThat(Fraction.reduced(7, 7)).isEqualTo(new Fraction(BigInteger.ONE, BigInteger.ONE));
    }

    @Example
    void aFractionWhoseNumeratorIsSmallEnoughIsItsOwnBest() {
        Fraction fraction = Fraction.reduced(355, 452);
        assertThat(fraction.bestBelow(BigInteger.valueOf(355))).isSameAs(fraction);
    }

    @Example
    void theBestFractionIsTheNearestOneBelow() {
        // 7/9 = 0.778 is below 355/452 = 0.785, and 11/14 = 0.786 is above it.
        assertThat(bestBelow(355, 452, 11)).isEqualTo(Fraction.reduced(7, 9));
        assertThat(bestBelow(355, 452, 1)).isEqualTo(Fraction.reduced(1, 2));
    }

    @Example
    void noNumeratorIsLeftBelowOne() {
        assertThat(bestBelow(1, 3, 0)).isEqualTo(Fraction.reduced(0, 1));
    }

    /** All numerators are tried one by one. */
    @Property(tries = 5_000)
    void bestBelowIsTheBestThereIs(
            @ForAll @LongRange(min = 1, max = 3_000) long numerator,
            @ForAll @LongRange(min = 1, max = 3_000) long denominator,
            @ForAll @LongRange(min = 1, max = 60) long largest) {
        Assume.that(numerator <= denominator);
        long bestN = 0;
        long bestD = 1;
        for (long n = 1; n <= largest; n++) {
            long d = (n * denominator + numerator - 1) / numerator;
            if (n * bestD > bestN * d) {
                bestN = n;
                bestD = d;
            }
        }
        assertThat(bestBelow(numerator, denominator, largest)).isEqualTo(Fraction.reduced(bestN, bestD));
    }
}
