package dev.ratelimit.core.internal.cells;

import java.math.BigInteger;

/**
 * A fraction in lowest terms, from zero to one.
 *
 * @param numerator zero or more
 * @param denominator one or more
 */
record Fraction(BigInteger numerator, BigInteger denominator) {

    static Fraction reduced(long numerator, long denominator) {
        BigInteger n = BigInteger.valueOf(numerator);
        BigInteger d = BigInteger.valueOf(denominator);
        BigInteger divisor = n.gcd(d);
        return new Fraction(n.divide(divisor), d.divide(divisor));
    }

    /**
     * Returns the largest fraction that is not above this one and whose numerator is at most the given one.
     *
     * <p>This walks down the Stern–Brocot tree, a run of equal turns at a time. Throughout, below ≤ this &lt; above are
     * neighbours, so every fraction between them has at least the sum of their numerators.
     */
    Fraction bestBelow(BigInteger maxNumerator) {
        if (numerator.compareTo(maxNumerator) <= 0) {
            return this;
        }
        BigInteger belowN = BigInteger.ZERO;
        BigInteger belowD = BigInteger.ONE;
        BigInteger aboveN = BigInteger.ONE;
        BigInteger aboveD = BigInteger.ZERO;
        while (belowN.add(aboveN).compareTo(maxNumerator) <= 0) {
            BigInteger belowGap = numerator.multiply(belowD).subtract(belowN.multiply(denominator));
            BigInteger aboveGap = aboveN.multiply(denominator).subtract(aboveD.multiply(numerator));
            if (belowGap.compareTo(aboveGap) >= 0) {
                BigInteger turns = belowGap.divide(aboveGap)
                        .min(maxNumerator.subtract(belowN).divide(aboveN));
                belowN = belowN.add(turns.multiply(aboveN));
                belowD = belowD.add(turns.multiply(aboveD));
            } else {
                // One turn before this fraction itself, which belongs to the lower side.
                BigInteger turns = aboveGap.subtract(BigInteger.ONE).divide(belowGap);
                if (belowN.signum() > 0) {
                    turns = turns.min(maxNumerator.subtract(aboveN).divide(belowN));
                }
                aboveN = aboveN.add(turns.multiply(belowN));
                aboveD = aboveD.add(turns.multiply(belowD));
            }
        }
        return new Fraction(belowN, belowD);
    }
}
