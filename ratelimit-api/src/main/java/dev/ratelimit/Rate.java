package dev.ratelimit;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Objects;

/**
 * A rate is the number of permits that a budget regains per period, and the capacity up to which the budget saves them.
 *
 * <p>The budget refills continuously: at 10 permits a second it regains one every 100 ms, not ten at once each second.
 * It starts full, unless {@link #initially(long)} says otherwise. Over any interval of length <i>t</i> a limiter allows
 * at most <i>capacity + t × permits / period</i>.
 *
 * <pre>{@code
 * Rate.perSecond(100)                                        // 100 at once, then 100 a second
 * Rate.perSecond(1000).burst(50)                             // never more than 50 at once
 * Rate.perSecond(1000).burstWindow(Duration.ofSeconds(5))    // 5 seconds' worth: 5,000 at once
 * Rate.of(30, Duration.ofDays(30))                           // one a day, up to thirty saved
 * Rate.atMost(100, Duration.ofMinutes(1))                    // never more than 100 in any 60 seconds
 * Rate.parse("20/min burst 5")                               // from a configuration
 * }</pre>
 *
 * <p><b>Units.</b> Permits are whole numbers from 1; periods are whole nanoseconds from 1 to
 * {@link Long#MAX_VALUE}. The fastest rate is one permit a nanosecond (10<sup>9</sup> per second).
 *
 * <p>Immutable and thread-safe.
 *
 * @param permits the permits regained in one period, at least 1
 * @param period the time in which the permits are regained, at least 1 ns
 * @param capacity the most permits that a budget can hold, and so the largest burst, at least 1
 * @param initially the permits of each budget when the limiter is built, from 0 to the capacity
 */
public record Rate(long permits, Duration period, long capacity, long initially) {

    private static final Duration MAX_PERIOD = Duration.ofNanos(Long.MAX_VALUE);

    /**
     * Creates a rate. The factory methods are easier to read.
     *
     * @param permits the permits regained in one period, at least 1
     * @param period the time in which the permits are regained, at least 1 ns
     * @param capacity the most permits that a budget can hold, at least 1
     * @param initially the permits of each budget when the limiter is built, from 0 to the capacity
     * @throws IllegalArgumentException if a number is zero or negative, the period is longer than 292 years, the rate
     *     is above one permit a nanosecond, or the initial permits are not from 0 to the capacity
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
            throw new IllegalArgumentException("permits must be at most " + period.toNanos() + " in a period of "
                    + period + " (one a nanosecond), but was " + permits);
        }
        if (initially < 0 || initially > capacity) {
            throw new IllegalArgumentException(
                    "the permits initially must be from 0 to the capacity of " + capacity + ", but was " + initially);
        }
    }

    /**
     * Creates a rate at which budgets start full.
     *
     * @param permits the permits regained in one period, at least 1
     * @param period the time in which the permits are regained, at least 1 ns
     * @param capacity the most permits that a budget can hold, at least 1
     * @throws IllegalArgumentException if a number is zero or negative, the period is longer than 292 years, or the
     *     rate is above one permit a nanosecond
     */
    public Rate(long permits, Duration period, long capacity) {
        this(permits, period, capacity, capacity);
    }

    /**
     * Returns the rate of {@code permits} permits a second, with the same number as capacity.
     *
     * @param permits the permits per second, 1 to 10<sup>9</sup>
     * @return the rate
     * @throws IllegalArgumentException if {@code permits} is out of range
     */
    public static Rate perSecond(long permits) {
        return of(permits, Duration.ofSeconds(1));
    }

    /**
     * Returns the rate of {@code permits} permits a minute, with the same number as capacity.
     *
     * @param permits the permits per minute, at least 1
     * @return the rate
     * @throws IllegalArgumentException if {@code permits} is out of range
     */
    public static Rate perMinute(long permits) {
        return of(permits, Duration.ofMinutes(1));
    }

    /**
     * Returns the rate of {@code permits} permits an hour, with the same number as capacity.
     *
     * @param permits the permits per hour, at least 1
     * @return the rate
     * @throws IllegalArgumentException if {@code permits} is out of range
     */
    public static Rate perHour(long permits) {
        return of(permits, Duration.ofHours(1));
    }

    /**
     * Returns the rate of {@code permits} permits in 24 hours, with the same number as capacity.
     *
     * @param permits the permits per 24 hours, at least 1
     * @return the rate
     * @throws IllegalArgumentException if {@code permits} is out of range
     */
    public static Rate perDay(long permits) {
        return of(permits, Duration.ofDays(1));
    }

    /**
     * Returns the rate of {@code permits} permits in a period, with the same number as capacity.
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
     * Parses a rate from text, as in a configuration: {@code 20/min burst 5}.
     *
     * <p>The text consists of the permits, a slash or {@code per}, and the period. A number before the unit makes the
     * period longer: {@code 1/10s}. The units are {@code ns}, {@code us}, {@code ms}, {@code s}, {@code min}, {@code h}
     * and {@code d}. The words {@code sec}, {@code second}, {@code minute}, {@code hour} and {@code day} are accepted,
     * too, also with an <i>s</i> at the end. Two options may follow: {@code burst} with the {@link #capacity()}, whose
     * default is the permits; and {@code initially} with the number of permits {@linkplain #initially(long) at first}.
     * Case and additional spaces do not matter.
     *
     * <p>{@link #toString()} writes such a text: {@code Rate.parse(rate.toString())} equals the rate.
     *
     * @param text the text
     * @return the rate
     * @throws IllegalArgumentException if the text has another form, or a number is out of range
     */
    public static Rate parse(String text) {
        return RateText.parse(Objects.requireNonNull(text, "text"));
    }

    /**
     * Returns a rate that never allows more than {@code permits} permits in any window of a length, wherever the window
     * begins, and both of its ends included.
     *
     * <p>This is stricter than {@link #of}, which allows a full budget in a window plus the permits regained meanwhile:
     * up to twice the permits. Here the capacity is a tenth of the permits, rounded up, and the budget regains the rest
     * in a window. So a steady caller gets at least nine tenths of the permits in each window, and a tenth of them at
     * once. Use {@link #atMost(long, Duration, long)} for another burst.
     *
     * <pre>{@code
     * Rate.atMost(100, Duration.ofMinutes(1))   // 10 at once, then 91 a minute: never more than 100 in 60 seconds
     * Rate.atMost(1, Duration.ofMinutes(1))     // one, and the next when a minute has passed
     * }</pre>
     *
     * @param permits the most permits in a window, at least 1; at most one a nanosecond of the window
     * @param window the length of the window, from 1 ns to 292 years
     * @return the rate
     * @throws IllegalArgumentException if an argument is out of range
     */
    public static Rate atMost(long permits, Duration window) {
        return atMost(permits, window, permits < 1 ? 1 : (permits - 1) / 10 + 1);
    }

    /**
     * Returns a rate that never allows more than {@code permits} permits in any window of a length, with a given
     * capacity.
     *
     * <p>The larger the burst, the fewer permits a budget regains: with a burst of <i>b</i>, it regains <i>permits + 1
     * - b</i> in a window plus one nanosecond. A burst of 1 spaces the permits evenly, and allows all of them in each
     * window. A burst of all permits allows them at once, and then one permit in each window. The additional nanosecond
     * is there because the window includes both of its ends: in a window of length <i>w</i> depart at most <i>b +
     * (permits + 1 - b) × w / (w + 1 ns)</i>, which is less than <i>permits + 1</i>.
     *
     * <p>The bound holds for the capacity given here, and not after a change by {@link #burst} or {@link #burstWindow}.
     * It does not hold across a {@code reset} or an {@code update}, or if a table that is too small forgets the key.
     *
     * @param permits the most permits in a window, at least 1; at most one a nanosecond of the window
     * @param window the length of the window, from 1 ns to 292 years
     * @param burst the largest burst, from 1 to the permits
     * @return the rate
     * @throws IllegalArgumentException if an argument is out of range
     */
    public static Rate atMost(long permits, Duration window, long burst) {
        if (permits <= 0) {
            throw new IllegalArgumentException("permits must be at least 1, but was " + permits);
        }
        checkDuration("window", window, MAX_PERIOD.minusNanos(1));
        if (permits > window.toNanos()) {
            throw new IllegalArgumentException("permits must be at most " + window.toNanos() + " in a window of "
                    + window + " (one a nanosecond), but was " + permits);
        }
        if (burst < 1 || burst > permits) {
            throw new IllegalArgumentException(
                    "the burst must be from 1 to " + permits + ", the most permits in a window, but was " + burst);
        }
        return new Rate(permits + 1 - burst, window.plusNanos(1), burst);
    }

    /**
     * Returns this rate with another capacity. Budgets that started full start full at the new capacity. Other budgets
     * start as before, or full if the new capacity is smaller.
     *
     * @param capacity the largest burst in permits, at least 1
     * @return the rate with that capacity
     * @throws IllegalArgumentException if {@code capacity} is zero or negative
     */
    public Rate burst(long capacity) {
        return new Rate(permits, period, capacity, startsFull() ? capacity : Math.min(initially, capacity));
    }

    /**
     * Returns this rate with another number of initial permits. A small number, such as zero, gives the protected
     * service time to warm up.
     *
     * <p>The refill of all keys counts from the instant at which the limiter was built: a key that is first used a time
     * <i>t</i> later has <i>initially + t × permits / period</i>, up to the capacity. Once this reaches the capacity,
     * each new key starts full, because the limiter cannot tell a new key from one whose budget is full again. A key
     * that is reset, or forgotten while it is in debt, has the budget of a new key. A refund cannot raise a budget
     * above that of a new key.
     *
     * <p>After an update of the policy, too, the refill of new keys counts from the instant at which the limiter was
     * built. Keys that the limiter knows keep their debt.
     *
     * <pre>{@code
     * Rate.perSecond(10).burst(100).initially(0)   // after a restart nothing, and all 100 when ten seconds have passed
     * }</pre>
     *
     * @param permits the permits, from 0 to the capacity
     * @return the rate with that many permits initially
     * @throws IllegalArgumentException if the permits are out of range
     */
    public Rate initially(long permits) {
        return new Rate(this.permits, period, capacity, permits);
    }

    private boolean startsFull() {
        return initially == capacity;
    }

    /**
     * Returns this rate with the permits that it regains in a window as its capacity: rate × window, rounded down to
     * whole permits.
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
        // Fits: at most one permit a nanosecond, in a window whose nanoseconds are a long.
        return burst(capacity.longValueExact());
    }

    /**
     * Returns one of {@code parts} equal parts of this rate.
     *
     * <p>The rate is divided exactly: a third of 100 a second is 100 in three seconds, and a half is 50 a second. Only
     * if the exact period would be longer than 292 years, the period is 292 years and the permits are rounded down, to
     * at least one.
     *
     * <p>The capacity is divided and rounded down, so that the parts together never have more than the whole. But a
     * part has a capacity of at least one permit, because it could otherwise allow nothing. If budgets do not start
     * full, the initial permits are divided and rounded down, possibly to zero.
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
        long capacityOfPart = Math.max(1, capacity / parts);
        return new Rate(
                permitsOfPart.longValueExact(),
                Duration.ofNanos(periodOfPart.longValueExact()),
                capacityOfPart,
                startsFull() ? capacityOfPart : initially / parts);
    }

    /** Returns the text that {@link #parse} reads, with the longest unit of which the period is a whole multiple. */
    @Override
    public String toString() {
        return RateText.of(this);
    }

    private static void checkDuration(String name, Duration value) {
        checkDuration(name, value, MAX_PERIOD);
    }

    private static void checkDuration(String name, Duration value, Duration longest) {
        Objects.requireNonNull(value, name);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("the " + name + " must be at least 1 ns, but was " + value);
        }
        if (value.compareTo(longest) > 0) {
            throw new IllegalArgumentException(
                    "the " + name + " must be at most " + longest + " (292 years), but was " + value);
        }
    }
}
