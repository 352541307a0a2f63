package dev.ratelimit.quota.service.internal;

import dev.ratelimit.DecisionSource;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaUnavailableException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A reservation that only the object which made it can end. It is corrected once, which may take several calls.
 * Thread-safe.
 */
final class CountedReservation implements Reserved {

    private sealed interface Stage {}

    private enum Plain implements Stage {
        /** No call has tried to end it. */
        OPEN,
        /** A thread is ending it. */
        ENDING,
        /** Its time to live is over, and a thread is giving the reserved amount back. */
        EXPIRING,
        /**
         * The reserved amount was given back because the time to live was over. A later commit charges its whole
         * amount.
         */
        EXPIRED,
        ENDED
    }

    /**
     * A call tried to end it with an amount that was used, and the store did not answer.
     *
     * @param actual the amount that was used
     * @param commits whether the call was a commit
     * @param counted the amount that was counted before the call
     * @param correction the change that the call sent
     */
    private record Tried(long actual, boolean commits, long counted, Correction correction) implements Stage {}

    private final StoreReservation.Service service;
    private final List<Target> targets;
    private final long amount;
    private final QuotaDecision decision;
    private final AtomicReference<Stage> stage;
    private final TimeToLive timeToLive;
    private final ClosingCharge closing;

    CountedReservation(
            StoreReservation.Service service,
            List<Target> targets,
            long amount,
            QuotaDecision decision,
            ClosingCharge closing,
            TimeToLive timeToLive) {
        this.service = service;
        this.targets = targets;
        this.amount = amount;
        this.decision = decision;
        this.closing = closing;
        this.timeToLive = timeToLive;
        this.stage = new AtomicReference<>(decision.allowed() ? Plain.OPEN : Plain.ENDED);
    }

    @Override
    public boolean isOver() {
        Stage now = stage.get();
        return now == Plain.ENDED || now == Plain.EXPIRED;
    }

    @Override
    public String handle() {
        if (!service.calls().store().capabilities().remembersOperations()) {
            throw new IllegalStateException(
                    "a handle needs a store that remembers operations, so that its end counts once");
        }
        if (decision.source() != DecisionSource.STORE && decision.source() != DecisionSource.PREFETCHED) {
            throw new IllegalStateException(
                    "a handle needs units that the store has counted, but these were allowed without the store");
        }
        if (!stage.compareAndSet(Plain.OPEN, Plain.ENDED)) {
            throw new IllegalStateException(
                    "the reservation has ended, or was not granted: there is nothing to hand over");
        }
        timeToLive.end();
        Instant now = service.clock().instant();
        return Handle.of(UUID.randomUUID(), 0, amount, now, targets, decision.usages())
                .text();
    }

    @Override
    public boolean commit(long actual) {
        return end(actual, true);
    }

    @Override
    public boolean cancel() {
        return end(0, false);
    }

    @Override
    public void close() {
        Stage now = stage.get();
        try {
            if (now instanceof Tried tried) {
                end(tried.actual, tried.commits);
            } else if (now == Plain.OPEN) {
                end(closing.amount(), false);
            }
        } catch (QuotaUnavailableException e) {
            // It stays charged as it is: in doubt, strict. A caller that needs the outcome calls commit or cancel.
            if (stage.get() instanceof Tried tried) {
                stage.compareAndSet(tried, Plain.ENDED);
                timeToLive.end();
            }
        }
    }

    /**
     * Closes it because its time to live is over. A commit that comes after that, or meanwhile, charges its whole
     * amount.
     */
    @Override
    public void expire() {
        if (closing.amount() > 0 || !stage.compareAndSet(Plain.OPEN, Plain.EXPIRING)) {
            close();
            return;
        }
        Tried nothing = first(0, false, amount);
        Stage next = Plain.EXPIRED;
        try {
            if (trouble(nothing) != null && nothing.correction.isUntouched()) {
                next = Plain.OPEN;
            }
        } finally {
            stage.compareAndSet(Plain.EXPIRING, next);
        }
    }

    private boolean end(long actual, boolean commits) {
        while (true) {
            Stage now = stage.get();
            boolean expired = now == Plain.EXPIRED || now == Plain.EXPIRING;
            if (now instanceof Plain && now != Plain.OPEN && !(expired && commits)) {
                return false;
            }
            Tried next = now instanceof Tried tried
                    ? again(tried, actual, commits)
                    : first(actual, commits, expired ? 0 : amount);
            if (next == null) {
                return false;
            }
            if (stage.compareAndSet(now, Plain.ENDING)) {
                send(next);
                return true;
            }
        }
    }

    private Tried first(long actual, boolean commits, long counted) {
        return new Tried(actual, commits, counted, new Correction(service.calls(), targets, actual - counted));
    }

    /**
     * Returns the next attempt after a failed call. Returns null for none, because a commit that was tried is not taken
     * back.
     */
    private @Nullable Tried again(Tried tried, long actual, boolean commits) {
        if (tried.commits && !commits) {
            return null;
        }
        if (tried.actual == actual) {
            return new Tried(actual, commits, tried.counted, tried.correction);
        }
        if (tried.correction.isUntouched()) {
            return first(actual, commits, tried.counted);
        }
        throw new IllegalArgumentException("actual must be " + tried.actual
                + ", as in the call that was tried and may have been applied, but was " + actual);
    }

    private void send(Tried tried) {
        Stage next = tried;
        try {
            QuotaUnavailableException trouble = trouble(tried);
            if (trouble == null || !tried.correction.isPending()) {
                next = Plain.ENDED;
            }
            if (trouble != null) {
                throw trouble;
            }
        } finally {
            stage.set(next);
            if (next == Plain.ENDED) {
                timeToLive.end();
            }
        }
    }

    private @Nullable QuotaUnavailableException trouble(Tried tried) {
        Correction correction = tried.correction;
        if (!correction.isPending()) {
            return null;
        }
        long now = service.clock().millis();
        UnavailableAnswers absence = service.absence();
        boolean ofAllowed = decision.source() == DecisionSource.LOCAL || decision.source() == DecisionSource.OPEN;
        if (absence.owesOn(targets) && correction.isTakenOnBy(absence, ofAllowed, now)) {
            return null;
        }
        QuotaUnavailableException trouble = correction.send();
        return trouble == null || correction.isTakenOnBy(absence, ofAllowed, now) ? null : trouble;
    }
}
