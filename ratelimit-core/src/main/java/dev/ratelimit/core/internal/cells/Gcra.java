package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import java.math.BigInteger;

/**
 * The arithmetic of a rate on cells: pure, exact, and without a branch that depends on the rate.
 *
 * <p>The generic cell rate algorithm (ITU-T Recommendation I.371, annex A, virtual scheduling) keeps of a token bucket
 * only the instant at which it would be full again. Here that instant is a <i>position</i> on the rate's clock, which
 * emits p units a nanosecond where a permit is d units ({@link Units}):
 *
 * <pre>
 *   e         = p × now                     the clock's reading
 *   debt      = max(0, position - e)        what is missing to a full bucket
 *   take n    : admitted iff debt + n × d ≤ capacity × d ;  position := e + debt + n × d
 *   remaining = floor((capacity × d - debt) / d)
 *   wait      = ceil((debt + n × d - capacity × d) / p) nanoseconds
 * </pre>
 *
 * <p>So a denial stores nothing, a clock that steps back only finds more debt, and a key whose position has passed is
 * exactly a key never seen. All is done on words whose low 8 bits are zero (see {@link Cell}): p, d and the capacity are
 * shifted once, here, and e comes out shifted by one multiplication. That may wrap; only differences are looked at, which
 * {@link Units} and {@link Horizon} keep within 2<sup>55</sup> units.
 */
final class Gcra {

    private final Rate rate;
    private final Units units;
    private final int number;

    @SuppressWarnings("UnusedVariable") // held on to
    private final Object claim;

    private final long emission;
    private final long permit;
    private final long full;
    private final long longest;

    /** The arithmetic of a rate that is alone on its cells. */
    Gcra(Rate rate) {
        this(rate, Units.of(rate), 0, Cell.FIRST_RATE, Cell.class);
    }

    /**
     * The arithmetic of one of several rates, whose permits may be reserved up to so many nanoseconds ahead.
     *
     * @param claim what keeps the number, for as long as it is held on to
     */
    Gcra(Rate rate, Units units, long longestDelay, int number, Object claim) {
        this.rate = rate;
        this.units = units;
        this.number = number;
        this.claim = claim;
        this.emission = units.perNano() << Cell.SHIFT;
        this.permit = units.perPermit() << Cell.SHIFT;
        this.full = rate.capacity() * permit;
        this.longest = full + emission * longestDelay;
    }

    /** The arithmetic of blackouts: a unit is a nanosecond, and a permit too. */
    static Gcra ofBlackouts() {
        Rate nanos = Rate.perSecond(1_000_000_000).burst(Policy.LONGEST.toNanos());
        return new Gcra(nanos, Units.of(nanos), 0, Cell.BLACKOUT, Cell.class);
    }

    Rate rate() {
        return rate;
    }

    Units units() {
        return units;
    }

    /** The number in a cell that says that its position is in these units. */
    int number() {
        return number;
    }

    /** The debt of an empty bucket. */
    long full() {
        return full;
    }

    /** The most debt that a reservation may make. */
    long longest() {
        return longest;
    }

    /** The clock's reading at an instant. */
    long reading(long now) {
        return emission * now;
    }

    /** What permits cost, from 1 to the capacity. */
    long cost(long permits) {
        return permits * permit;
    }

    /** What is missing to a full bucket; not for a place between two owners. */
    static long debt(long cell, long reading) {
        return Cell.number(cell) == Cell.FREE ? 0 : Math.max(0, distance(cell, reading));
    }

    /** How far a position is ahead of the clock; negative once it has passed. */
    static long distance(long cell, long reading) {
        return (cell & Cell.POSITION) - reading;
    }

    /** What a bucket with this debt has to regain before it admits permits; none or less if it does now. */
    long missing(long debt, long permits) {
        return debt - (full - cost(permits));
    }

    /** The debt of a bucket that refused permits, by the outcome. */
    long debtOfRefusal(long outcome, long permits) {
        return full - cost(permits) - outcome;
    }

    /**
     * The reading from which a cell admits what is asked for: position + n × d - capacity × d. It can be known before the
     * clock is read.
     *
     * <p>A reading less this is below zero exactly if the cell is in debt by too much. Positions are at most 6 intervals
     * behind the clock ({@link Horizon}), and a capacity and 6 intervals are less than 2<sup>55</sup> units, so that the
     * difference is right also where the position has long passed. Of a cell that is {@link Cell#FREE} it means nothing.
     */
    static long admittedFrom(long cell, long cost, long full) {
        return (cell & Cell.POSITION) + (cost - full);
    }

    /** The cell after it was charged: max(position, e) + cost, of which all but the comparison can be known early. */
    long charged(long cell, long reading, long cost) {
        long added = cost | (cell & Cell.VERSION) | number;
        boolean inDebt = Cell.number(cell) != Cell.FREE && distance(cell, reading) > 0;
        return (inDebt ? cell & Cell.POSITION : reading) + added;
    }

    /** The cell with this debt, more than zero, in a place of the same owner. */
    long cell(long reading, long debt, long before) {
        return (reading + debt) | (before & Cell.VERSION) | number;
    }

    /**
     * The debt in these units of a bucket that has a debt in others: as many permits, rounded up to whole units, or the
     * most that there is room for.
     */
    long converted(long debt, Gcra from) {
        if (from.permit == permit || debt == 0) {
            return debt;
        }
        BigInteger[] units = BigInteger.valueOf(debt >>> Cell.SHIFT)
                .multiply(BigInteger.valueOf(this.units.perPermit()))
                .divideAndRemainder(BigInteger.valueOf(from.units.perPermit()));
        BigInteger most = BigInteger.valueOf((1L << 55) - 1 - 8 * this.units.sweepNanos() * this.units.perNano());
        BigInteger roundedUp = units[1].signum() == 0 ? units[0] : units[0].add(BigInteger.ONE);
        return roundedUp.min(most).longValueExact() << Cell.SHIFT;
    }

    /** Debt in others' units in these, near enough to compare. */
    long near(long debt, Gcra from) {
        return from.permit == permit ? debt : (long) ((double) debt / (double) from.permit * (double) permit);
    }

    /** Whether a position, read right at an anchor, had passed at an instant, however far that is from the anchor. */
    boolean hasPassed(long cell, long anchor, long instant) {
        long ahead = distance(cell, reading(anchor));
        long later = instant - anchor;
        // Reckoned in time where the instant may be too late for units, in units where it is not.
        return later >= 0 ? nanos(ahead) <= later : ahead <= emission * later;
    }

    /** The whole permits that a bucket with this debt has. */
    long remaining(long debt) {
        return debt >= full ? 0 : (full - debt) / permit;
    }

    /** The time in which the clock emits so much, rounded up. */
    long nanos(long amount) {
        return amount <= 0 ? 0 : (amount - 1) / emission + 1;
    }
}
