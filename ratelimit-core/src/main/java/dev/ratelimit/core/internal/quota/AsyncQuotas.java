package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.AsyncQuotaService;
import dev.ratelimit.quota.Certainty;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** Quotas whose store an executor's threads wait for. */
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
    public CompletionStage<QuotaReservation> reserve(String key, long amount) {
        StoreQuotas.check(amount);
        return later(key, () -> quotas.reserve(key, amount));
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
    public CompletionStage<Void> reset(String key) {
        return later(key, () -> {
                    quotas.reset(key);
                    return true;
                })
                .thenAccept(done -> {});
    }

    private <T> CompletionStage<T> later(String key, Supplier<T> call) {
        StoreQuotas.checkKey(key);
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            executor.execute(() -> complete(result, call));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(
                    new QuotaUnavailableException(Certainty.NOT_APPLIED, "the executor takes no more calls", e));
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
