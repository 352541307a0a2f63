package dev.ratelimit.examples.gateway;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A load that its caller's thread runs by itself, as it would wait for it anyway: most answers are never kept, and to hand
 * each to another thread and back costs more than the cache spares the others.
 *
 * <p>The cache only begins it ({@link #begin}). Other threads run what nobody waits for, or what is begun later.
 */
final class OwnLoad<V> {

    private final Callable<V> load;
    private final Executor others;
    private final Thread caller = Thread.currentThread();

    // The caller's thread alone writes these; any other sees by caller that they are not its own.
    private boolean asking = true;
    private @Nullable Runnable own;

    /** Creates the load of the thread that calls this. */
    OwnLoad(Callable<V> load, Executor others) {
        this.load = load;
        this.others = others;
    }

    /** The loader for the cache. Its end is the load's own: nobody who gives up can end it earlier. */
    CompletionStage<V> begin() {
        CompletableFuture<V> result = new CompletableFuture<>();
        if (Thread.currentThread() == caller && asking && own == null) {
            own = () -> run(result);
        } else {
            others.execute(() -> run(result));
        }
        return result.minimalCompletionStage();
    }

    /** Waits for the cache's answer, by running the load if that is what is missing. */
    <T> T await(CompletableFuture<T> answer) throws InterruptedException, ExecutionException {
        asking = false;
        if (own != null) {
            if (answer.isDone()) {
                others.execute(own);
            } else {
                own.run();
            }
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return answer.get();
    }

    private void run(CompletableFuture<V> result) {
        try {
            result.complete(load.call());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            result.completeExceptionally(e);
        } catch (Exception | Error e) {
            result.completeExceptionally(e);
        }
    }
}
