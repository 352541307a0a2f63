package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import java.math.BigInteger;
import java.time.Duration;
import java.util.function.LongPredicate;

/**
 * The error of a rate that a table cannot represent: it names the number that is too large, and the largest that works.
 *
 * <p>The number at fault is found by trial. It is the maximum delay if the rate works without a delay. Otherwise it is
 * the burst if a burst of one works. Otherwise it is the period. Binary search finds the largest number that works.
 */
public final class RateOutOfRange {

    private RateOutOfRange() {}

    /**
     * Checks that a table can represent a part of a policy.
     *
     * @param policy the policy of all nodes together
     * @param nodes the number of nodes by which it is divided
     * @throws IllegalArgumentException if a table cannot represent a part; the message says how many nodes work
     */
    public static void checkParts(Policy policy, int nodes) {
        if (isKept(policy) && !isKept(policy.dividedBy(nodes))) {
            throw new IllegalArgumentException("the initial number of nodes must be at most "
                    + largest(1, nodes, parts -> isKept(policy.dividedBy((int) parts)))
                    + ", because the parts of " + policy + " would be too slow to be kept, but was " + nodes);
        }
    }

    /** Returns the error of a rate that a table cannot represent with this maximum delay. */
    static IllegalArgumentException error(Rate rate, long maxDelay) {
        Rate slight = rate.burst(1);
        if (isKept(rate, 0)) {
            return new IllegalArgumentException(delay(maxDelay) + " is too long for " + named(rate) + ": "
                    + atMost(maxDelay(rate, maxDelay))
                    + (isKept(slight, maxDelay)
                            ? "; or, with that delay, a burst of at most " + maxBurst(rate, maxDelay)
                            : ""));
        }
        if (isKept(slight, maxDelay)) {
            return new IllegalArgumentException(burst(rate) + ": at most " + maxBurst(rate, maxDelay)
                    + (maxDelay == 0 ? "" : " with " + delay(maxDelay)));
        }
        if (isKept(slight, 0)) {
            return new IllegalArgumentException(burst(rate) + ": at most " + maxBurst(rate, 0) + "; and "
                    + delay(maxDelay) + " is too long: with a burst of 1 "
                    + atMost(maxDelay(slight, maxDelay)));
        }
        return new IllegalArgumentException("the period " + rate.period() + " is too long for " + rate.permits()
                + (rate.permits() == 1 ? " permit: " : " permits: ") + atMost(maxPeriod(rate)));
    }

    private static String named(Rate rate) {
        return rate.permits() + " per " + rate.period() + " with a burst of " + rate.capacity();
    }

    private static String delay(long nanos) {
        return "the maximum delay " + Duration.ofNanos(nanos);
    }

    /**
     * Slow rates lack room for time, and odd rates lack room for exactness. If the burst refills within a day, it is
     * the latter.
     */
    private static String burst(Rate rate) {
        BigInteger refill = BigInteger.valueOf(rate.capacity())
                .multiply(BigInteger.valueOf(rate.period().toNanos()))
                .divide(BigInteger.valueOf(rate.permits()));
        boolean isSlow = refill.compareTo(BigInteger.valueOf(Duration.ofDays(1).toNanos())) > 0;
        return "the burst of " + rate.capacity() + " is too large for " + rate.permits() + " per " + rate.period()
                + (isSlow ? ", at which it takes too long to refill" : ", which it lets be kept only roughly");
    }

    private static String atMost(long nanos) {
        return "at most " + Duration.ofNanos(nanos);
    }

    private static long maxDelay(Rate rate, long tooLong) {
        return largest(0, tooLong, nanos -> isKept(rate, nanos));
    }

    private static long maxBurst(Rate rate, long maxDelay) {
        return largest(1, rate.capacity(), burst -> isKept(rate.burst(burst), maxDelay));
    }

    private static long maxPeriod(Rate rate) {
        return largest(
                rate.permits(),
                rate.period().toNanos(),
                nanos -> isKept(new Rate(rate.permits(), Duration.ofNanos(nanos), 1), 0));
    }

    private static boolean isKept(Policy policy) {
        long maxDelay = policy.maxDelay().toNanos();
        return policy.rates().stream().allMatch(rate -> isKept(rate, maxDelay));
    }

    private static boolean isKept(Rate rate, long maxDelay) {
        return Units.fitting(rate, maxDelay) != null;
    }

    /**
     * Returns the largest number that works.
     *
     * @param works a number that works
     * @param tooLarge a larger number that does not work
     */
    private static long largest(long works, long tooLarge, LongPredicate isFine) {
        long most = works;
        long least = tooLarge;
        while (least - most > 1) {
            long middle = most + (least - most) / 2;
            if (isFine.test(middle)) {
                most = middle;
            } else {
                least = middle;
            }
        }
        return most;
    }
}
