package dev.ratelimit.cache;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A caller's loader in the single form that the cache uses: it gets the stored value, and begins a stage. */
@FunctionalInterface
interface Loader<V> {

    CompletionStage<? extends V> begin(@Nullable V stored) throws Exception;

    static <V> Loader<V> of(Callable<? extends V> loader) {
        return stored -> CompletableFuture.completedFuture(loader.call());
    }

    static <V> Loader<V> of(ConditionalLoader<V> loader) {
        return stored -> CompletableFuture.completedFuture(loader.load(stored));
    }

    static <V> Loader<V> ofStage(Supplier<? extends CompletionStage<? extends V>> loader) {
        return stored -> Objects.requireNonNull(loader.get(), "the loader's stage");
    }

    static <V> Loader<V> ofStage(Function<? super @Nullable V, ? extends CompletionStage<? extends V>> loader) {
        return stored -> Objects.requireNonNull(loader.apply(stored), "the loader's stage");
    }
}
