package dev.ratelimit.rate.spi;

import dev.ratelimit.Rate;
import java.math.BigInteger;
import java.util.Objects;

/**
 * A stored rate is a {@link Rate} in the whole numbers with which stores compute. Nothing is rounded: three permits a
 * second are exactly three.
 *
 * <p>A permit costs {@code unitsPerPermit} units, and a budget regains {@code unitsPerMicro} units each microsecond.
 * Both numbers are in lowest terms. All numbers of a budget stay below 2<sup>53</sup>, because the numbers of some
 * engines, such as those of a script in Redis, are IEEE 754 doubles, which hold no larger whole numbers exactly.
 *
 * <p>Immutable and thread-safe.
 *
 * @param unitsPerPermit the units that a permit costs, at least 1
 * @param unitsPerMicro the units that a budget regains each microsecond, at least 1
 * @param capacity the permits of a full budget, at least 1
 */
public record StoredRate(long unitsPerPermit, long unitsPerMicro, long capacity) {

    /** The largest number of units that a budget can owe: 2<sup>53</sup> - 1. */
    public static final long MAX_UNITS = (1L << 53) - 1;

    /** Half of that: no product of conversions between two rates is then out of the range of a double. */
    private static final long MAX_FACTOR = 1L << 52;

    private static final BigInteger NANOS_PER_MICRO = BigInteger.valueOf(1000);

    /**
     * Creates a rate.
     *
     * @param unitsPerPermit the units that a permit costs
     * @param unitsPerMicro the units that a budget regains each microsecond
     * @param capacity the permits of a full budget
     * @throws IllegalArgumentException if a number is below 1, or a full budget has more than {@link #MAX_UNITS} units
     */
    public StoredRate {
        check("unitsPerPermit", unitsPerPermit, MAX_FACTOR);
        check("unitsPerMicro", unitsPerMicro, MAX_FACTOR);
        check("capacity", capacity, (MAX_UNITS - 1) / unitsPerPermit);
    }

    private static void check(String name, long value, long max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + " must be from 1 to " + max + ", but was " + value);
        }
    }

    /**
     * Returns a rate in the numbers of stores.
     *
     * @param rate the rate; {@link Rate#initially} has no part in it
     * @return the rate
     * @throws IllegalArgumentException if a store cannot compute exactly with its numbers; the message says what to
     *     change
     */
    public static StoredRate of(Rate rate) {
        Objects.requireNonNull(rate, "rate");
        BigInteger permits = BigInteger.valueOf(rate.permits()).multiply(NANOS_PER_MICRO);
        BigInteger nanos = BigInteger.valueOf(rate.period().toNanos());
        BigInteger common = permits.gcd(nanos);
        BigInteger perMicro = permits.divide(common);
        BigInteger perPermit = nanos.divide(common);
        BigInteger max = BigInteger.valueOf(MAX_FACTOR);
        if (perMicro.compareTo(max) > 0 || perPermit.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    "the rate " + rate + " is a fraction that a store cannot compute exactly:"
                            + " choose rounder permits, or a period of whole microseconds");
        }
        long maxCapacity = (MAX_UNITS - 1) / perPermit.longValueExact();
        if (rate.capacity() > maxCapacity) {
            throw new IllegalArgumentException("the capacity of the rate " + rate
                    + " is more than a store can compute exactly: choose a burst of at most " + maxCapacity
                    + ", or rounder permits and a rounder period");
        }
        return new StoredRate(perPermit.longValueExact(), perMicro.longValueExact(), rate.capacity());
    }

    /**
     * Returns this rate with another capacity.
     *
     * @param capacity the permits of a full budget, at least 1
     * @return the rate
     * @throws IllegalArgumentException if the capacity is out of range
     */
    public StoredRate withCapacity(long capacity) {
        return new StoredRate(unitsPerPermit, unitsPerMicro, capacity);
    }

    /**
     * Returns the units of a full budget.
     *
     * @return the units, less than {@link #MAX_UNITS}
     */
    public long capacityUnits() {
        return capacity * unitsPerPermit;
    }

    /**
     * Returns the longest delay for which a store can hold permits: until a budget that owes its capacity and what it
     * regains meanwhile has paid for them.
     *
     * @return microseconds, from 0
     */
    public long maxDelayMicros() {
        return (MAX_UNITS - 1 - capacityUnits()) / unitsPerMicro;
    }

    /**
     * Returns how many whole permits a budget has for requests that wait at most a given time.
     *
     * @param debt the units that the budget owes
     * @param maxDelayMicros the longest wait in microseconds, at most {@link #maxDelayMicros()}
     * @return the permits, from 0
     */
    public long permits(long debt, long maxDelayMicros) {
        long room = capacityUnits() + maxDelayMicros * unitsPerMicro - debt;
        return room < 0 ? 0 : room / unitsPerPermit;
    }

    /**
     * Returns the time until a budget has permits.
     *
     * @param debt the units that the budget owes
     * @param permits the permits, from 0 to the capacity
     * @return microseconds, rounded up; zero if the budget has them now
     */
    public long waitMicros(long debt, long permits) {
        long missing = debt - (capacityUnits() - permits * unitsPerPermit);
        return missing <= 0 ? 0 : (missing - 1) / unitsPerMicro + 1;
    }
}
