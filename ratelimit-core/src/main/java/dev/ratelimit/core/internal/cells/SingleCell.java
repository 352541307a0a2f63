package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One cell for all callers.
 *
 * <p><b>Progress.</b> Lock-free: a thread starts over only when another one's update came between. Permits are from 1
 * to the capacity throughout, which the caller has checked.
 */
public final class SingleCell {

    private static final VarHandle CELL;

    static {
        try {
            CELL = MethodHandles.lookup().findVarHandle(SingleCell.class, "cell", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final TimeSource time;
    private final Gcra gcra;
    private final Horizon horizon;

    private volatile long cell = Cell.FREE;

    /**
     * Creates a full bucket.
     *
     * @param rate the rate
     * @param time the time that refills it
     */
    public SingleCell(Rate rate, TimeSource time) {
        this.time = time;
        this.gcra = new Gcra(rate);
        this.horizon = new Horizon(gcra.units().sweepNanos(), time.nanos());
    }

    /** Takes permits if they are all there; returns an {@link Outcome}. */
    public long take(long permits) {
        long cost = gcra.cost(permits);
        while (true) {
            long anchor = horizon.anchor();
            long before = cell;
            long now = Clock.read(time);
            if (!horizon.covers(anchor, now)) {
                now = horizon.enter(now, this::sweep);
                before = cell;
            }
            long reading = gcra.reading(now);
            long debt = gcra.debt(before, reading);
            if (!gcra.admits(debt, cost)) {
                return Outcome.refused(debt);
            }
            if (CELL.compareAndSet(this, before, gcra.cell(reading, debt + cost, before))) {
                return debt + cost;
            }
        }
    }

    /** Takes permits as {@link #take(long)} does, and says more about the answer. */
    public Decision decide(long permits) {
        return Outcome.decision(gcra, take(permits), permits);
    }

    /** Says what {@link #decide(long)} would answer to any number of permits, from 1, and takes none. */
    public Decision peek(long permits) {
        long reading = gcra.reading(enter());
        return Outcome.foreseen(gcra, gcra.debt(cell, reading), permits);
    }

    /** Gives permits back, up to a full bucket. */
    public void refund(long permits) {
        long cost = gcra.cost(permits);
        long reading = gcra.reading(enter());
        while (true) {
            long before = cell;
            long debt = gcra.debt(before, reading);
            long after = debt > cost ? gcra.cell(reading, debt - cost, before) : Cell.freed(before);
            if (CELL.compareAndSet(this, before, after)) {
                return;
            }
        }
    }

    /** Fills the bucket. */
    public void reset() {
        cell = Cell.FREE;
    }

    /** Returns the instant to decide at; the cell is to be read after it. */
    private long enter() {
        long now = Clock.read(time);
        return horizon.covers(horizon.anchor(), now) ? now : horizon.enter(now, this::sweep);
    }

    private void sweep(long anchor, long instant) {
        long before = cell;
        while (Cell.number(before) == Cell.RATE && gcra.hasPassed(before, anchor, instant)) {
            if (CELL.compareAndSet(this, before, Cell.freed(before))) {
                return;
            }
            before = cell;
        }
    }
}
