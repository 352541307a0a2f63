package dev.ratelimit.http;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import java.math.BigInteger;

/**
 * The token bucket in exact arithmetic, written from its definition: what the fields are held against.
 *
 * <p>The level is counted in permits × period, in which a nanosecond adds {@code permits}.
 */
final class ModelBucket {

    private final Rate rate;
    private final BigInteger perNano;
    private final BigInteger permit;
    private final BigInteger full;
    private BigInteger level;

    ModelBucket(Rate rate) {
        this.rate = rate;
        perNano = BigInteger.valueOf(rate.permits());
        permit = BigInteger.valueOf(rate.period().toNanos());
        full = permit.multiply(BigInteger.valueOf(rate.capacity()));
        level = full;
    }

    void advance(long nanos) {
        level = level.add(perNano.multiply(BigInteger.valueOf(nanos))).min(full);
    }

    Decision decide(long permits) {
        BigInteger left = level.subtract(permit.multiply(BigInteger.valueOf(permits)));
        if (left.signum() >= 0) {
            level = left;
            return Decision.allowed(rate, remaining(), nanosFor(full.subtract(level)));
        }
        if (permits > rate.capacity()) {
            return Decision.exceedsCapacity(rate, remaining(), nanosFor(full.subtract(level)));
        }
        return Decision.refused(
                Decision.Reason.OVER_LIMIT, rate, remaining(), nanosFor(left.negate()), nanosFor(full.subtract(level)));
    }

    private long remaining() {
        return level.divide(permit).longValueExact();
    }

    private long nanosFor(BigInteger amount) {
        return amount.add(perNano).subtract(BigInteger.ONE).divide(perNano).longValueExact();
    }
}
