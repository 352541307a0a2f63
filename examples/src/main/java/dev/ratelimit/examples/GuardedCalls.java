package dev.ratelimit.examples;

import dev.ratelimit.LimitExceededException;
import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Calls of another service, each of which runs only if the limit of its user allows it. */
final class GuardedCalls {

    private final Limiter<String> perUser;

    GuardedCalls(TimeSource time) {
        perUser = Limiters.builder(Rate.perSecond(2)).timeSource(time).build();
    }

    String page(String user, Callable<String> fetch) throws Exception {
        try {
            return perUser.call(user, fetch);
        } catch (LimitExceededException e) {
            return "429, retry after " + e.decision().retryAfter().toMillis() + " ms";
        }
    }

    CompletionStage<String> pageAsync(String user, Supplier<CompletionStage<String>> fetch) {
        return perUser.supplyAsync(user, fetch)
                .exceptionallyCompose(failure -> failure instanceof LimitExceededException
                        ? CompletableFuture.completedStage("429")
                        : CompletableFuture.failedStage(failure));
    }

    Runnable job(String user, Runnable work) {
        return () -> perUser.run(user, work);
    }
}
