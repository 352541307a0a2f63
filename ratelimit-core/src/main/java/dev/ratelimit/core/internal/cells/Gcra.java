package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import java.math.BigInteger;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
 *   take n    : allowed iff debt + n × d ≤ capacity × d ;  position := e + debt + n × d
 *   remaining = floor((capacity × d - debt) / d)
 *   wait      = ceil((debt + n × d - capacity × d) / p) nanoseconds
 * </pre>
 *
 * <p>So a denial stores nothing, a clock that steps back only finds more debt, and a key whose position has passed is
 * exactly a key never seen. Where budgets do not start full, a key never seen has a position all the same: that at which it
 * would be full if it had been there since the limiter was built. Once that has passed, too, all is as if it had started full.
 *
 * <p>All is done on words whose low 8 bits are zero (see {@link Cell}): p, d and the capacity are
 * shifted once, here, and e comes out shifted by one multiplication. That may wrap; only differences are looked at, which
 * {@link Units} and {@link Horizon} keep within 2<sup>55</sup> units.
 */
final class Gcra {

    /** The number of no cell: that of a rate which is not in force. */
    private static final int RELEASED = -1;

    private final Rate rate;
    private final Units units;
    private final long maxDelay;
    private final int number;
    private final @Nullable Scale scale;

    /**
     * The number, until the rate is released. Not volatile: it is read after a cell that another thread may have written
     * after the release, and then this is seen, too; or under a lock that the thread that released has had since.
     */
    private int inForce;

    private final long emission;
    private final long permit;
    private final long full;
    private final long mostDebt;

    /** The debt of a key never seen, at the instant at which the limiter was built; zero if budgets start full. */
    private final long startDebt;

    /** The position of a key never seen, and the instant at which it has passed. */
    private final long startPosition;

    private final long startEnd;

    /** The arithmetic of a rate that is alone on its cells. */
    Gcra(Rate rate) {
        this(rate, Units.of(rate), 0, Cell.FIRST_RATE, null, null);
    }

    /** The arithmetic of one of several rates, whose permits may be reserved up to so many nanoseconds ahead. */
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

    /** This arithmetic in a limiter that was built at an instant, from which on keys never seen regain their permits. */
    Gcra builtAt(long instant) {
        return rate.initially() == rate.capacity() ? this : new Gcra(rate, units, maxDelay, number, scale, instant);
    }

    /** The scale of blackouts: a unit is a nanosecond, and a permit too. */
    static Scale ofBlackouts() {
        Rate nanos = Rate.perSecond(1_000_000_000).burst(Policy.MAX_DURATION.toNanos());
        return new Scale(nanos, Units.of(nanos), Cell.BLACKOUT, 0);
    }

    /** The same arithmetic, in force until it is released. */
    Gcra anew() {
        return new Gcra(rate, units, maxDelay, number, scale, null);
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

    /** The number, until the rate is released; then no cell's. To be read after the cell it is compared with. */
    int inForce() {
        return inForce;
    }

    boolean isInForce() {
        return inForce != RELEASED;
    }

    void release() {
        inForce = RELEASED;
    }

    /** What the number means; not for a rate that is alone on its cells. */
    Scale scale() {
        return Objects.requireNonNull(scale);
    }

    /** How far ahead permits may be reserved. */
    long maxDelay() {
        return maxDelay;
    }

    /** The debt of an empty bucket. */
    long full() {
        return full;
    }

    /** The most debt that there is room for. */
    long mostDebt() {
        return mostDebt;
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

    /** The debt of a key never seen. */
    long startDebt(long now) {
        return isStarting(now) ? Math.max(0, startPosition - reading(now)) : 0;
    }

    /** Whether a key never seen is in debt. Looked at only where there is no position, which is rare. */
    boolean isStarting(long now) {
        return startDebt != 0 && startEnd - now > 0;
    }

    /** What the cell of a key out of debt stands for: while keys never seen are in debt, so is this. */
    long started(long cell, long now) {
        return isStarting(now) ? startPosition | (cell & Cell.VERSION) | number : cell;
    }

    /** The debt of a cell in these units, or of a key out of debt. */
    long debtAt(long cell, long now) {
        return Cell.number(cell) == Cell.FREE ? startDebt(now) : debt(cell, reading(now));
    }

    /** How far a position is ahead of the clock; negative once it has passed. */
    static long distance(long cell, long reading) {
        return (cell & Cell.POSITION) - reading;
    }

    /** What a bucket with this debt has to regain before it allows permits; none or less if it does now. */
    long missing(long debt, long permits) {
        return debt - (full - cost(permits));
    }

    /** The debt of a bucket that refused permits, by the outcome. */
    long debtOfRefusal(long outcome, long permits) {
        return full - cost(permits) - outcome;
    }

    /**
     * The reading from which a cell allows what is asked for: position + n × d - capacity × d. It can be known before the
     * clock is read.
     *
     * <p>A reading less this is below zero exactly if the cell is in debt by too much. Positions are at most 6 intervals
     * behind the clock ({@link Horizon}), and a capacity and 6 intervals are less than 2<sup>55</sup> units, so that the
     * difference is right also where the position has long passed. Of a cell that is {@link Cell#FREE} it means nothing.
     */
    static long allowedFrom(long cell, long cost, long full) {
        return (cell & Cell.POSITION) + (cost - full);
    }

    /** The cell after it was charged: max(position, e) + cost, of which all but the comparison can be known early. */
    long charged(long cell, long reading, long cost) {
        return charged(cell, reading, cost, number);
    }

    /** The cell of a rate's number after it was charged. */
    static long charged(long cell, long reading, long cost, long number) {
        long added = cost | (cell & Cell.VERSION) | number;
        boolean inDebt = Cell.number(cell) != Cell.FREE && distance(cell, reading) > 0;
        return (inDebt ? cell & Cell.POSITION : reading) + added;
    }

    /** The cell with this debt, or below zero with a position that has passed, in a place of the same owner. */
    long cell(long reading, long debt, long before) {
        return (reading + debt) | (before & Cell.VERSION) | number;
    }

    /** The cell of another rate with its debt in these units. */
    long converted(long cell, Gcra from, boolean strictly, long now) {
        long debt = debt(cell, from.reading(now));
        if (debt == 0) {
            return Cell.freed(cell);
        }
        return cell(reading(now), strictly ? convertedStrictly(debt, from) : converted(debt, from), cell);
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
        return asFarAsThereIsRoom(units[1].signum() == 0 ? units[0] : units[0].add(BigInteger.ONE));
    }

    /** The debt in these units of as many permits, and of as much time, as a debt in others. */
    long convertedStrictly(long debt, Gcra from) {
        BigInteger sameTime = BigInteger.valueOf(from.nanos(debt)).multiply(BigInteger.valueOf(units.perNano()));
        return Math.max(converted(debt, from), asFarAsThereIsRoom(sameTime));
    }

    private long asFarAsThereIsRoom(BigInteger debt) {
        return debt.min(BigInteger.valueOf(mostDebt >> Cell.SHIFT)).longValueExact() << Cell.SHIFT;
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
