package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.cells.Outcome;
import dev.ratelimit.core.internal.cells.SingleCell;
import java.util.Objects;

/** A limiter without a key that refuses what is over the limit. */
public final class SingleThrottle implements SingleLimiter {

    private final Rate rate;
    private final SingleCell cell;

    /**
     * Creates a limiter with a full budget.
     *
     * @param rate the rate
     * @param time the time that refills it
     */
    public SingleThrottle(Rate rate, TimeSource time) {
        this.rate = Objects.requireNonNull(rate, "rate");
        this.cell = new SingleCell(rate, Objects.requireNonNull(time, "timeSource"));
    }

    @Override
    public boolean tryAcquire() {
        return Outcome.isAdmitted(cell.take(1));
    }

    @Override
    public boolean tryAcquire(long permits) {
        Permits.check(permits);
        return permits <= rate.capacity() && Outcome.isAdmitted(cell.take(permits));
    }

    @Override
    public Decision decide() {
        return cell.decide(1);
    }

    @Override
    public Decision decide(long permits) {
        Permits.check(permits);
        return permits <= rate.capacity() ? cell.decide(permits) : cell.peek(permits);
    }

    @Override
    public Decision peek() {
        return cell.peek(1);
    }

    @Override
    public Decision peek(long permits) {
        Permits.check(permits);
        return cell.peek(permits);
    }

    @Override
    public void refund(long permits) {
        Permits.checkRefund(permits, rate);
        cell.refund(permits);
    }

    @Override
    public void reset() {
        cell.reset();
    }

    @Override
    public Rate rate() {
        return rate;
    }

    @Override
    public String toString() {
        return "SingleLimiter[" + rate + "]";
    }
}
