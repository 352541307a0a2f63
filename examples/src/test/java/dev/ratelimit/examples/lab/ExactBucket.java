package dev.ratelimit.examples.lab;

import static java.math.BigInteger.ZERO;

import dev.ratelimit.Rate;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;

/**
 * A token bucket per key as the textbook has it, in whole numbers of any size: what the gateway is compared with.
 *
 * <p>Tokens are counted in shares of which {@code period} nanoseconds make one token, so that each nanosecond brings
 * {@code permits} shares, and nothing is ever rounded.
 */
final class ExactBucket {

    private final BigInteger permits;
    private final BigInteger token;
    private final BigInteger full;
    private final Map<String, Level> levels = new HashMap<>();

    private record Level(BigInteger shares, long at) {}

    ExactBucket(Rate rate) {
        permits = BigInteger.valueOf(rate.permits());
        token = BigInteger.valueOf(rate.period().toNanos());
        full = token.multiply(BigInteger.valueOf(rate.capacity()));
    }

    boolean tryAcquire(String key, long nanos) {
        Level level = levels.getOrDefault(key, new Level(full, nanos));
        BigInteger gained = permits.multiply(BigInteger.valueOf(nanos - level.at()));
        BigInteger shares = level.shares().add(gained.max(ZERO)).min(full);
        boolean allowed = shares.compareTo(token) >= 0;
        levels.put(key, new Level(allowed ? shares.subtract(token) : shares, nanos));
        return allowed;
    }
}
