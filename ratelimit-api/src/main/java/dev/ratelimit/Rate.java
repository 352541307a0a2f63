package dev.ratelimit;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Objects;

/**
 * A rate is a number of permits that a budget regains per period, and the capacity that it can save up to.
 *
 * <p>The budget refills continuously: at 10 permits a second there is one more every 100 ms, not ten at once each
 * second. It starts full. Over any interval of length <i>t</i> a limiter admits at most
 * <i>capacity + t × permits / period</i>.
 *
 * <pre>{@code
 * Rate.perSecond(100)                                        // 100 at once, then 100 a second
 * Rate.perSecond(1000).burst(50)                             // never more than 50 at once
 * Rate.perSecond(1000).burstWindow(Duration.ofSeconds(5))    // 5 seconds' worth: 5,000 at once
 * Rate.of(30, Duration.ofDays(30))                           // one a day, up to thirty saved
 * }</pre>
 *
 * <p><b>Units.</b> Permits are whole numbers from 1; periods are whole nanoseconds from 1 to
 * {@link Long#MAX_VALUE}. The fastest rate is one permit a nanosecond (10<sup>9</sup> per second).
 *
 * <p>Immutable and thread-safe.
 *
 * @param permits the permits regained in one period, at least 1
 * @param period the time in which they are regained, at least one nanosecond
 * @param capacity the most permits that can be saved up, and so the largest burst, at least 1
 */
public record Rate(long permits, Duration period, long capacity) {

    private static final Duration LONGEST_PERIOD = Duration.ofNanos(Long.MAX_VALUE);

    /**
     * Creates a rate; the factory methods read better.
     *
     * @param permits the permits regained in one period, at least 1
     * @param period the time in which they are regained, at least one nanosecond
     * @param capacity the most permits that can be saved up, at least 1
     * @throws IllegalArgumentException if a number is zero or negative, the period is longer than 292 years, or the
     *     rate is above one permit a nanosecond
     */
    public Rate {
        if (permits <= 0) {
            throw new IllegalArgumentException("permits must be at least 1, but was " + permits);
        }
        checkDuration("period", period);
        if (capacity <= 0) {
            throw new IllegalArgumentException("capacity (burst) must be at least 1 permit, but was " + capacity);
        }
        if (permits > period.toNanos()) {
            throw new IllegalArgumentException("the fastest rate is 1 permit per nanosecond (1,000,000,000 per second),"
                    + " but " + permits + " per " + period + " was asked for");
        }
    }

    /**
     * Returns the rate of so many permits a second, with the same number as capacity.
     *
     * @param permits the permits per second, 1 to 10<sup>9</sup>
     * @return the rate
     * @throws IllegalArgumentException if {@code permits} is out of range
     */
    public static Rate perSecond(long permits) {
        return of(permits, Duration.ofSeconds(1));
    }

    /**
     * Returns the rate of so many permits a minute, with the same number as capacity.
     *
     * @param permits the permits per minute, at least 1
     * @return the rate
     * @throws IllegalArgumentException if {@code permits} is out of range
     */
    public static Rate perMinute(long permits) {
        return of(permits, Duration.ofMinutes(1));
    }

    /**
     * Returns the rate of so many permits an hour, with the same number as capacity.
     *
     * @param permits the permits per hour, at least 1
     * @return the rate
     * @throws IllegalArgumentException if {@code permits} is out of range
     */
    public static Rate perHour(long permits) {
        return of(permits, Duration.ofHours(1));
    }

    /**
     * Returns the rate of so many permits in 24 hours, with the same number as capacity.
     *
     * @param permits the permits per 24 hours, at least 1
     * @return the rate
     * @throws IllegalArgumentException if {@code permits} is out of range
     */
    public static Rate perDay(long permits) {
        return of(permits, Duration.ofDays(1));
    }

    /**
     * Returns the rate of so many permits a period, with the same number as capacity.
     *
     * @param permits the permits per period, at least 1
     * @param period the period, at least one nanosecond
     * @return the rate
     * @throws IllegalArgumentException if an argument is out of range
     */
    public static Rate of(long permits, Duration period) {
        return new Rate(permits, period, permits);
    }

    /**
     * Returns this rate with another capacity.
     *
     * @param capacity the largest burst in permits, at least 1
     * @return the rate with that capacity
     * @throws IllegalArgumentException if {@code capacity} is zero or negative
     */
    public Rate burst(long capacity) {
        return new Rate(permits, period, capacity);
    }

    /**
     * Returns this rate with the capacity that it regains in a window: rate × window, rounded down to whole permits.
     *
     * @param window the burst window, long enough for one permit
     * @return the rate with that capacity
     * @throws IllegalArgumentException if the window is zero, negative, too short for one permit, or longer than 292
     *     years
     */
    public Rate burstWindow(Duration window) {
        checkDuration("burst window", window);
        BigInteger capacity = BigInteger.valueOf(permits)
                .multiply(BigInteger.valueOf(window.toNanos()))
                .divide(BigInteger.valueOf(period.toNanos()));
        if (capacity.signum() == 0) {
            throw new IllegalArgumentException("the burst window " + window + " is too short: at " + permits + " per "
                    + period + " not one permit is regained in it; choose at least "
                    + Duration.ofNanos(1 + (period.toNanos() - 1) / permits));
        }
        // At most one permit a nanosecond, of a window that is a long of nanoseconds: it fits.
        return burst(capacity.longValueExact());
    }

    /**
     * Returns one of so many equal parts of this rate.
     *
     * <p>The rate is divided exactly: a third of 100 a second is 100 in three seconds, and a half is 50 a second. Only if
     * the period would be longer than 292 years, it is that, and the permits are rounded down, to at least one.
     *
     * <p>The capacity is rounded down, so that the parts together never have more than the whole; but a part has at least
     * one permit, or it could admit nothing. So where there are more parts than permits in the capacity, each has one.
     *
     * @param parts the number of parts, at least 1
     * @return the part; this rate itself if there is only one
     * @throws IllegalArgumentException if the number is below 1
     */
    public Rate dividedBy(int parts) {
        if (parts < 1) {
            throw new IllegalArgumentException("the number of parts must be at least 1, but was " + parts);
        }
        if (parts == 1) {
            return this;
        }
        BigInteger longest = BigInteger.valueOf(Long.MAX_VALUE);
        BigInteger whole = BigInteger.valueOf(permits);
        BigInteger inPeriod = BigInteger.valueOf(period.toNanos()).multiply(BigInteger.valueOf(parts));
        BigInteger common = whole.gcd(BigInteger.valueOf(parts));
        if (inPeriod.divide(common).compareTo(longest) > 0) {
            common = whole.gcd(inPeriod);
        }
        BigInteger permitsOfPart = whole.divide(common);
        BigInteger periodOfPart = inPeriod.divide(common);
        if (periodOfPart.compareTo(longest) > 0) {
            permitsOfPart = permitsOfPart.multiply(longest).divide(periodOfPart).max(BigInteger.ONE);
            periodOfPart = longest;
        }
        return new Rate(
                permitsOfPart.longValueExact(),
                Duration.ofNanos(periodOfPart.longValueExact()),
                Math.max(1, capacity / parts));
    }

    private static void checkDuration(String name, Duration value) {
        Objects.requireNonNull(value, name);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("the " + name + " must be at least 1 ns, but was " + value);
        }
        if (value.compareTo(LONGEST_PERIOD) > 0) {
            throw new IllegalArgumentException("the " + name + " must be at most 292 years, but was " + value);
        }
    }
}
