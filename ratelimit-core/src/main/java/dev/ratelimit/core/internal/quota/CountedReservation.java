package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.Certainty;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaUnavailableException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** An amount that was counted, and may be corrected once. */
final class CountedReservation implements QuotaReservation {

    private final Adjustments adjustments;
    private final List<Target> targets;
    private final long amount;
    private final QuotaDecision decision;

    /** Whether there is nothing to end, or somebody is about to. */
    private final AtomicBoolean ended;

    CountedReservation(Adjustments adjustments, List<Target> targets, long amount, QuotaDecision decision) {
        this.adjustments = adjustments;
        this.targets = targets;
        this.amount = amount;
        this.decision = decision;
        this.ended = new AtomicBoolean(!decision.allowed());
    }

    @Override
    public boolean granted() {
        return decision.allowed();
    }

    @Override
    public QuotaDecision decision() {
        return decision;
    }

    @Override
    public boolean commit() {
        return ended.compareAndSet(false, true);
    }

    @Override
    public boolean commit(long actual) {
        if (actual < 0) {
            throw new IllegalArgumentException("actual must be at least 0, but was " + actual);
        }
        return end(actual - amount);
    }

    @Override
    public boolean cancel() {
        return end(-amount);
    }

    @Override
    public void close() {
        try {
            cancel();
        } catch (QuotaUnavailableException e) {
            // It stays counted: in doubt, strict. Whoever wants to know calls cancel().
            ended.set(true);
        }
    }

    private boolean end(long delta) {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        try {
            adjustments.apply(targets, delta);
        } catch (QuotaUnavailableException e) {
            // To be tried again only if that cannot count twice.
            ended.set(e.certainty() == Certainty.INDETERMINATE);
            throw e;
        }
        return true;
    }

    @Override
    public String toString() {
        return "QuotaReservation[" + amount + ", " + decision + "]";
    }
}
