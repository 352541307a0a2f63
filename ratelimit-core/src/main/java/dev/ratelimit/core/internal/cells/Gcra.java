package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import java.math.BigInteger;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of a rate on cells: pure, exact, and without a branch that depends on the rate.
 *
 * <p>The generic cell rate algorithm (ITU-T Recommendation I.371, annex A, virtual scheduling) represents a token
 * bucket only by the instant at which it would be full again. Here that instant is a <i>position</i> on the rate's
 * clock, which emits p units a nanosecond where a permit is d units ({@link Units}):
 *
 * <pre>
 *   e         = p × now                     the clock's reading
 *   debt      = max(0, position - e)        what is missing to a full bucket
 *   take n    : allowed iff debt + n × d ≤ capacity × d ;  position := e + debt + n × d
 *   remaining = floor((capacity × d - debt) / d)
 *   wait      = ceil((debt + n × d - capacity × d) / p) nanoseconds
 * </pre>
 *
 * <p>So refusing writes nothing, a clock that steps back only finds more debt, and a key whose position has passed
 * equals a new key. If budgets do not start full, a new key has a position, too: the one at which it would be full if
 * it had existed since the limiter was built. Once that has passed, new keys start full.
 *
 * <p>All arithmetic uses words whose low 8 bits are zero (see {@link Cell}): p, d and the capacity are shifted once, in
 * the constructor, so one multiplication yields e shifted. The product may wrap. Only differences are used, which
 * {@link Units} and {@link Horizon} keep within 2<sup>55</sup> units.
 */
final class Gcra {

    /** The number of a rate that is not in force, which no cell has. */
    private static final int RELEASED = -1;

    private final Rate rate;
    private final Units units;
    private final long maxDelay;
    private final int number;
    private final @Nullable Scale scale;

    /**
     * The number, until the rate is released. It need not be volatile. A thread reads it after a cell; if that cell was
     * written after the release, the thread sees the release, too. Or the thread reads it under a lock that the
     * releasing thread has held since.
     */
    private int inForce;

    private final long emission;
    private final long permit;
    private final long full;
    private final long mostDebt;

    /** The debt of a new key at the instant at which the limiter was built; zero if budgets start full. */
    private final long startDebt;

    /** The position of a new key, and the instant at which it has passed. */
    private final long startPosition;

    private final long startEnd;

    /** Creates the arithmetic of a rate that shares its cells with no other. */
    Gcra(Rate rate) {
        this(rate, Units.of(rate), 0, Cell.FIRST_RATE, null, null);
    }

    /**
     * Creates the arithmetic of one of several rates, whose permits may be reserved up to {@code maxDelay} nanoseconds
     * ahead.
     */
    Gcra(Rate rate, Units units, long maxDelay, Scale scale) {
        this(rate, units, maxDelay, scale.number(), scale, null);
    }

    private Gcra(Rate rate, Units units, long maxDelay, int number, @Nullable Scale scale, @Nullable Long built) {
        this.rate = rate;
        this.units = units;
        this.maxDelay = maxDelay;
        this.number = number;
        this.scale = scale;
        this.inForce = number;
        this.emission = units.perNano() << Cell.SHIFT;
        this.permit = units.perPermit() << Cell.SHIFT;
        this.full = rate.capacity() * permit;
        this.mostDebt = ((1L << 55) - 1 - 8 * units.sweepNanos() * units.perNano()) << Cell.SHIFT;
        this.startDebt = built == null ? 0 : (rate.capacity() - rate.initially()) * permit;
        this.startPosition = built == null ? 0 : reading(built) + startDebt;
        this.startEnd = built == null ? 0 : built + nanos(startDebt);
    }

    /**
     * Returns this arithmetic for a limiter that was built at an instant, from which the refill of new keys counts.
     */
    Gcra builtAt(long instant) {
        return rate.initially() == rate.capacity() ? this : new Gcra(rate, units, maxDelay, number, scale, instant);
    }

    /** Returns the scale of blackouts: both a unit and a permit are a nanosecond. */
    static Scale ofBlackouts() {
        Rate nanos = Rate.perSecond(1_000_000_000).burst(Policy.MAX_DURATION.toNanos());
        return new Scale(nanos, Units.of(nanos), Cell.BLACKOUT, 0);
    }

    /** Returns the same arithmetic as a new object, in force until it is released. */
    Gcra anew() {
        return new Gcra(rate, units, maxDelay, number, scale, null);
    }

    Rate rate() {
        return rate;
    }

    Units units() {
        return units;
    }

    /** Returns the number of cells whose position is in these units. */
    int number() {
        return number;
    }

    /**
     * Returns the number until the rate is released, and then a number that no cell has. It must be read after the cell
     * with which it is compared.
     */
    int inForce() {
        return inForce;
    }

    boolean isInForce() {
        return inForce != RELEASED;
    }

    void release() {
        inForce = RELEASED;
    }

    /** Returns the meaning of the number; not for a rate that shares its cells with no other. */
    Scale scale() {
        return Objects.requireNonNull(scale);
    }

    /** Returns the longest time in nanoseconds by which permits may be reserved ahead. */
    long maxDelay() {
        return maxDelay;
    }

    /** Returns the debt of an empty bucket. */
    long full() {
        return full;
    }

    /** Returns the largest debt that a cell can hold. */
    long mostDebt() {
        return mostDebt;
    }

    /** Returns the reading of the rate's clock at an instant. */
    long reading(long now) {
        return emission * now;
    }

    /** Returns the cost of a number of permits from 1 to the capacity. */
    long cost(long permits) {
        return permits * permit;
    }

    /** Returns the debt of a cell, which is not that of a place between two owners. */
    static long debt(long cell, long reading) {
        return Cell.number(cell) == Cell.FREE ? 0 : Math.max(0, distance(cell, reading));
    }

    /** Returns the debt of a new key. */
    long startDebt(long now) {
        return isStarting(now) ? Math.max(0, startPosition - reading(now)) : 0;
    }

    /** Returns whether a new key is in debt. Called only for cells without a position, which are rare. */
    boolean isStarting(long now) {
        return startDebt != 0 && startEnd - now > 0;
    }

    /** Returns the effective cell of a key out of debt: while new keys are in debt, so is this key. */
    long started(long cell, long now) {
        return isStarting(now) ? startPosition | (cell & Cell.VERSION) | number : cell;
    }

    /** Returns the debt of a cell in these units, or of a key out of debt. */
    long debtAt(long cell, long now) {
        return Cell.number(cell) == Cell.FREE ? startDebt(now) : debt(cell, reading(now));
    }

    /** Returns how far a position is ahead of the clock; negative once it has passed. */
    static long distance(long cell, long reading) {
        return (cell & Cell.POSITION) - reading;
    }

    /**
     * Returns the amount that a bucket with this debt must regain before it allows permits; zero or less if it allows
     * them now.
     */
    long missing(long debt, long permits) {
        return debt - (full - cost(permits));
    }

    /** Returns the debt of a bucket that refused permits, computed from the outcome. */
    long debtOfRefusal(long outcome, long permits) {
        return full - cost(permits) - outcome;
    }

    /**
     * Returns the reading from which a cell allows a request: position + n × d - capacity × d. It can be computed
     * before the clock is read.
     *
     * <p>A reading minus this value is negative exactly if the debt is too large. Positions are at most 6 intervals
     * behind the clock ({@link Horizon}), and a capacity and 6 intervals are less than 2<sup>55</sup> units, so the
     * difference is right also if the position has long passed. For a cell that is {@link Cell#FREE}, the value has no
     * meaning.
     */
    static long allowedFrom(long cell, long cost, long full) {
        return (cell & Cell.POSITION) + (cost - full);
    }

    /**
     * Returns the cell after a charge: max(position, e) + cost. All of this but the comparison can be computed before
     * the clock is read.
     */
    long charged(long cell, long reading, long cost) {
        return charged(cell, reading, cost, number);
    }

    /** Returns the cell with a rate's number after a charge. */
    static long charged(long cell, long reading, long cost, long number) {
        long added = cost | (cell & Cell.VERSION) | number;
        boolean inDebt = Cell.number(cell) != Cell.FREE && distance(cell, reading) > 0;
        return (inDebt ? cell & Cell.POSITION : reading) + added;
    }

    /**
     * Returns the cell with this debt, in a place of the same owner. A negative debt gives a position that has passed.
     */
    long cell(long reading, long debt, long before) {
        return (reading + debt) | (before & Cell.VERSION) | number;
    }

    /** Returns the cell of another rate with its debt converted to these units. */
    long converted(long cell, Gcra from, boolean strictly, long now) {
        long debt = debt(cell, from.reading(now));
        if (debt == 0) {
            return Cell.freed(cell);
        }
        return cell(reading(now), strictly ? convertedStrictly(debt, from) : converted(debt, from), cell);
    }

    /**
     * Converts a debt from other units to these: the same number of permits, rounded up to whole units, or the largest
     * debt that a cell can hold.
     */
    long converted(long debt, Gcra from) {
        if (from.permit == permit || debt == 0) {
            return debt;
        }
        BigInteger[] units = BigInteger.valueOf(debt >>> Cell.SHIFT)
                .multiply(BigInteger.valueOf(this.units.perPermit()))
                .divideAndRemainder(BigInteger.valueOf(from.units.perPermit()));
        return asFarAsThereIsRoom(units[1].signum() == 0 ? units[0] : units[0].add(BigInteger.ONE));
    }

    /**
     * Converts a debt from other units to these, so that it has at least as many permits and takes at least as much
     * time.
     */
    long convertedStrictly(long debt, Gcra from) {
        BigInteger sameTime = BigInteger.valueOf(from.nanos(debt)).multiply(BigInteger.valueOf(units.perNano()));
        return Math.max(converted(debt, from), asFarAsThereIsRoom(sameTime));
    }

    private long asFarAsThereIsRoom(BigInteger debt) {
        return debt.min(BigInteger.valueOf(mostDebt >> Cell.SHIFT)).longValueExact() << Cell.SHIFT;
    }

    /** Converts a debt from other units to these approximately, for comparisons. */
    long near(long debt, Gcra from) {
        return from.permit == permit ? debt : (long) ((double) debt / (double) from.permit * (double) permit);
    }

    /**
     * Returns whether a position, which is valid at an anchor, had passed at an instant, however far the instant is
     * from the anchor.
     */
    boolean hasPassed(long cell, long anchor, long instant) {
        long ahead = distance(cell, reading(anchor));
        long later = instant - anchor;
        // Computed in time if the instant may be too late for units, and in units otherwise.
        return later >= 0 ? nanos(ahead) <= later : ahead <= emission * later;
    }

    /** Returns the whole permits that a bucket with this debt has left. */
    long remaining(long debt) {
        return debt >= full ? 0 : (full - debt) / permit;
    }

    /** Returns the nanoseconds in which the clock emits an amount of units, rounded up. */
    long nanos(long amount) {
        return amount <= 0 ? 0 : (amount - 1) / emission + 1;
    }
}
