package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.AsyncQuotaReservation;
import dev.ratelimit.quota.CloseCharges;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaReservation;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** An asynchronous reservation: the executor's threads wait for the store. */
final class AsyncReservation implements AsyncQuotaReservation {

    private final QuotaReservation reservation;
    private final AsyncQuotas quotas;

    AsyncReservation(QuotaReservation reservation, AsyncQuotas quotas) {
        this.reservation = reservation;
        this.quotas = quotas;
    }

    @Override
    public boolean allowed() {
        return reservation.allowed();
    }

    @Override
    public QuotaDecision decision() {
        return reservation.decision();
    }

    @Override
    public CompletionStage<Boolean> commit() {
        return quotas.later(reservation::commit);
    }

    @Override
    public CompletionStage<Boolean> commit(long actual) {
        StoreQuotas.checkActual(actual);
        return quotas.later(() -> reservation.commit(actual));
    }

    @Override
    public CompletionStage<Boolean> cancel() {
        return quotas.later(reservation::cancel);
    }

    @Override
    public void used(long soFar) {
        reservation.used(soFar);
    }

    @Override
    public AsyncQuotaReservation closeCharges(CloseCharges choice) {
        reservation.closeCharges(choice);
        return this;
    }

    @Override
    public AsyncQuotaReservation timeToLive(Duration timeToLive) {
        reservation.timeToLive(timeToLive);
        return this;
    }

    @Override
    public String handle() {
        return reservation.handle();
    }

    @Override
    public CompletionStage<Void> close() {
        return quotas.later(() -> {
                    reservation.close();
                    return true;
                })
                .thenAccept(done -> {});
    }

    @Override
    public String toString() {
        return "Async" + reservation;
    }
}
