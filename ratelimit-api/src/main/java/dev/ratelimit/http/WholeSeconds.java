package dev.ratelimit.http;

import java.math.BigInteger;
import java.util.OptionalLong;

/** Converter of times to field values: whole seconds, rounded up, of at most 15 digits. */
final class WholeSeconds {

    private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);
    private static final BigInteger MAX_INTEGER = BigInteger.valueOf(StructuredItem.MAX_INTEGER);

    private WholeSeconds() {}

    /**
     * Returns the whole seconds; empty if they have more than 15 digits, because a shorter time would promise too much.
     */
    static OptionalLong of(BigInteger nanos) {
        BigInteger seconds = roundedUp(nanos, NANOS_PER_SECOND);
        return seconds.compareTo(MAX_INTEGER) <= 0 ? OptionalLong.of(seconds.longValueExact()) : OptionalLong.empty();
    }

    static BigInteger roundedUp(BigInteger dividend, BigInteger divisor) {
        return dividend.add(divisor).subtract(BigInteger.ONE).divide(divisor);
    }
}
