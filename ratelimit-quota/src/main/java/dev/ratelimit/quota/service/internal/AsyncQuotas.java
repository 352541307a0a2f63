package dev.ratelimit.quota.service.internal;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.AsyncQuotaReservation;
import dev.ratelimit.quota.AsyncQuotaService;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** An asynchronous quota service: an executor's threads wait for the store. */
final class AsyncQuotas implements AsyncQuotaService {

    private final StoreQuotas quotas;
    private final Executor executor;

    AsyncQuotas(StoreQuotas quotas, Executor executor) {
        this.quotas = quotas;
        this.executor = executor;
    }

    @Override
    public CompletionStage<QuotaDecision> consume(String key, long amount) {
        StoreQuotas.check(amount);
        return later(key, () -> quotas.consume(key, amount));
    }

    @Override
    public CompletionStage<AsyncQuotaReservation> reserve(String key, long amount) {
        StoreQuotas.check(amount);
        return later(key, () -> new AsyncReservation(quotas.reserve(key, amount), this));
    }

    @Override
    public CompletionStage<QuotaDecision> consume(String key, long amount, String idempotencyKey) {
        StoreQuotas.check(amount);
        return later(key, () -> quotas.consume(key, amount, idempotencyKey));
    }

    @Override
    public CompletionStage<AsyncQuotaReservation> reserve(String key, long amount, String idempotencyKey) {
        StoreQuotas.check(amount);
        return later(key, () -> new AsyncReservation(quotas.reserve(key, amount, idempotencyKey), this));
    }

    @Override
    public AsyncQuotaReservation resume(String handle) {
        return new AsyncReservation(quotas.resume(handle), this);
    }

    @Override
    public CompletionStage<QuotaDecision> peek(String key, long amount) {
        StoreQuotas.check(amount);
        return later(key, () -> quotas.peek(key, amount));
    }

    @Override
    public CompletionStage<List<QuotaUsage>> decrement(String key, long amount) {
        StoreQuotas.check(amount);
        return later(key, () -> quotas.decrement(key, amount));
    }

    @Override
    public CompletionStage<List<QuotaUsage>> decrement(String key, long amount, QuotaDecision consumed) {
        StoreQuotas.check(amount);
        StoreQuotas.checkAllowed(consumed);
        return later(key, () -> quotas.decrement(key, amount, consumed));
    }

    @Override
    public CompletionStage<List<QuotaUsage>> charge(String key, long amount) {
        StoreQuotas.check(amount);
        return later(key, () -> quotas.charge(key, amount));
    }

    @Override
    public CompletionStage<Void> topUp(String key, long amount) {
        StoreQuotas.check(amount);
        return later(key, () -> {
                    quotas.topUp(key, amount);
                    return true;
                })
                .thenAccept(done -> {});
    }

    @Override
    public CompletionStage<Void> reset(String key) {
        return later(key, () -> {
                    quotas.reset(key);
                    return true;
                })
                .thenAccept(done -> {});
    }

    @Override
    public List<Quota> quotas() {
        return quotas.quotas();
    }

    @Override
    public CompletionStage<List<Quota>> quotas(String key) {
        return later(key, () -> quotas.quotas(key));
    }

    @Override
    public void update(Quota first, Quota... more) {
        quotas.update(first, more);
    }

    @Override
    public void planChanged(String key) {
        quotas.planChanged(key);
    }

    private <T> CompletionStage<T> later(String key, Supplier<T> call) {
        StoreQuotas.checkKey(key);
        return later(call);
    }

    /** Runs a blocking call on the executor. The stage completes with its result. */
    <T> CompletionStage<T> later(Supplier<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            executor.execute(() -> complete(result, call));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(
                    new QuotaUnavailableException(Certainty.NOT_APPLIED, "the executor rejected the call", e));
        }
        return result;
    }

    private static <T> void complete(CompletableFuture<T> result, Supplier<T> call) {
        try {
            result.complete(call.get());
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }
}
