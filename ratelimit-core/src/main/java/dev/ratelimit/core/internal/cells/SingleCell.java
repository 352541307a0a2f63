package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * A limiter without a key that refuses what is over the limit: one cell for all callers.
 *
 * <p><b>Progress.</b> Lock-free: a thread starts over only when another one's update came between.
 *
 * <p><b>Speed.</b> Reading the clock makes the processor finish all that came before; what comes after may begin
 * meanwhile. So the clock is read first, and every number is in this one object, because one behind another reference
 * would be waited for twice. The order of the three readings is {@link Horizon}'s.
 */
public final class SingleCell implements SingleLimiter {

    private static final VarHandle CELL;

    static {
        try {
            CELL = MethodHandles.lookup().findVarHandle(SingleCell.class, "cell", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final TimeSource time;
    private final long emission;
    private final long permit;
    private final long full;
    private final long capacity;
    private final Gcra gcra;
    private final Horizon horizon;
    private final long beyond;

    /** The horizon's, or one of before, which sends a caller there. */
    private volatile long anchor;

    private volatile long cell = Cell.FREE;

    /**
     * Creates a limiter with a full budget.
     *
     * @param rate the rate
     * @param time the time that refills it
     */
    public SingleCell(Rate rate, TimeSource time) {
        this.time = Objects.requireNonNull(time, "timeSource");
        this.gcra = new Gcra(Objects.requireNonNull(rate, "rate"));
        this.horizon = new Horizon(gcra.units(), time.nanos());
        this.beyond = horizon.beyond();
        this.anchor = horizon.anchor();
        this.emission = gcra.reading(1);
        this.permit = gcra.cost(1);
        this.capacity = rate.capacity();
        this.full = gcra.cost(capacity);
    }

    @Override
    public boolean tryAcquire() {
        return Outcome.isAdmitted(take(permit));
    }

    @Override
    public boolean tryAcquire(long permits) {
        Permits.check(permits);
        return permits <= capacity && Outcome.isAdmitted(take(permits * permit));
    }

    @Override
    public Decision decide() {
        return Outcome.decision(gcra, take(permit), 1);
    }

    @Override
    public Decision decide(long permits) {
        Permits.check(permits);
        return permits <= capacity ? Outcome.decision(gcra, take(permits * permit), permits) : peek(permits);
    }

    @Override
    public Decision peek() {
        return peek(1);
    }

    @Override
    public Decision peek(long permits) {
        Permits.check(permits);
        long reading = gcra.reading(enter(Clock.read(time)));
        return Outcome.foreseen(gcra, Gcra.debt(cell, reading), permits);
    }

    @Override
    public void refund(long permits) {
        Permits.checkRefund(permits, capacity);
        long cost = gcra.cost(permits);
        long reading = gcra.reading(enter(Clock.read(time)));
        while (true) {
            long before = cell;
            long debt = Gcra.debt(before, reading);
            long after = debt > cost ? gcra.cell(reading, debt - cost, before) : Cell.freed(before);
            if (CELL.compareAndSet(this, before, after)) {
                return;
            }
        }
    }

    @Override
    public void reset() {
        cell = Cell.FREE;
    }

    @Override
    public Rate rate() {
        return gcra.rate();
    }

    @Override
    public String toString() {
        return "SingleLimiter[" + rate() + "]";
    }

    private long take(long cost) {
        while (true) {
            long now = Clock.read(time);
            long before = cell;
            if (!Horizon.covers(anchor, now, beyond)) {
                now = enter(now);
                before = cell;
            }
            long reading = emission * now;
            long since = reading - Gcra.admittedFrom(before, cost, full);
            if (since < 0 && Cell.number(before) != Cell.FREE) {
                if (cell == before) {
                    return since;
                }
                continue;
            }
            long after = gcra.charged(before, reading, cost);
            if (CELL.compareAndSet(this, before, after)) {
                return Gcra.distance(after, reading);
            }
        }
    }

    /** Returns the instant to decide at; the cell is to be read after it. */
    private long enter(long now) {
        long from = anchor;
        if (Horizon.covers(from, now, beyond)) {
            return now;
        }
        long instant = horizon.enter(now, this::sweep);
        anchor = horizon.anchor();
        return instant;
    }

    private void sweep(long anchor, long instant) {
        long before = cell;
        while (Cell.number(before) == Cell.FIRST_RATE && gcra.hasPassed(before, anchor, instant)) {
            if (CELL.compareAndSet(this, before, Cell.freed(before))) {
                return;
            }
            before = cell;
        }
    }
}
