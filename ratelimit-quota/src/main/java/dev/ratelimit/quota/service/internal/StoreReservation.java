package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.CloseCharges;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaReservation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** A reservation as its caller sees it. {@link Reserved} says how it ends. Thread-safe. */
final class StoreReservation implements QuotaReservation {

    /** The parts of a service that its reservations use. */
    record Service(
            StoreCalls calls,
            UnavailableAnswers absence,
            InstantSource clock,
            CloseCharges closeCharges,
            TimesToLive timesToLive) {}

    private final QuotaDecision decision;
    private final long amount;
    private final ClosingCharge closing;
    private final TimeToLive timeToLive;
    private final Reserved reserved;
    private final String end;

    private StoreReservation(
            QuotaDecision decision,
            long amount,
            ClosingCharge closing,
            TimeToLive timeToLive,
            Reserved reserved,
            String end) {
        this.decision = decision;
        this.amount = amount;
        this.closing = closing;
        this.timeToLive = timeToLive;
        this.reserved = reserved;
        this.end = end;
    }

    /** Returns a reservation that only this object can end, until it hands a handle out. */
    static StoreReservation counted(Service service, List<Target> targets, long amount, QuotaDecision decision) {
        ClosingCharge closing = new ClosingCharge(amount, service.closeCharges());
        TimeToLive timeToLive = new TimeToLive(service.timesToLive());
        Reserved reserved = new CountedReservation(service, targets, amount, decision, closing, timeToLive);
        return new StoreReservation(decision, amount, closing, timeToLive, reserved, "");
    }

    /** Returns a reservation that other objects can end, too. */
    static StoreReservation handed(Service service, Handle handle, QuotaDecision decision) {
        ClosingCharge closing = new ClosingCharge(handle.amount(), service.closeCharges());
        TimeToLive timeToLive = new TimeToLive(service.timesToLive());
        Reserved reserved = new HandedReservation(service, handle, decision.allowed(), closing, timeToLive);
        return new StoreReservation(decision, handle.amount(), closing, timeToLive, reserved, ", by its handle");
    }

    @Override
    public boolean allowed() {
        return decision.allowed();
    }

    @Override
    public QuotaDecision decision() {
        return decision;
    }

    @Override
    public void used(long soFar) {
        closing.report(soFar);
    }

    @Override
    public QuotaReservation closeCharges(CloseCharges choice) {
        closing.choose(choice);
        return this;
    }

    @Override
    public QuotaReservation timeToLive(Duration timeToLive) {
        this.timeToLive.set(timeToLive, reserved::expire);
        if (reserved.isOver()) {
            this.timeToLive.end();
        }
        return this;
    }

    @Override
    public String handle() {
        return reserved.handle();
    }

    @Override
    public boolean commit() {
        return reserved.commit(amount);
    }

    @Override
    public boolean commit(long actual) {
        StoreQuotas.checkActual(actual);
        return reserved.commit(actual);
    }

    @Override
    public boolean cancel() {
        return reserved.cancel();
    }

    @Override
    public void close() {
        reserved.close();
    }

    @Override
    public String toString() {
        return "QuotaReservation[" + amount + ", " + decision + end + "]";
    }
}
