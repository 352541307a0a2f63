package dev.ratelimit;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work that runs under a limit: once if the limit admits it, and not at all if not.
 *
 * <pre>{@code
 * Page page = Limited.call(perUser, userId, () -> fetch(address));
 * Callable<Page> fetch = Limited.callable(perUser, userId, () -> fetch(address));
 * }</pre>
 *
 * <p><b>Over the limit.</b> The work is not touched, and a {@link LimitExceededException} takes the place of its result:
 * thrown, or where the result is a stage, in a stage that has failed.
 *
 * <p><b>Permits.</b> Each run takes one permit, and keeps it: work that fails counts like any other, because what a limit
 * protects was used. Who sees it otherwise calls {@link Limit#refund}.
 *
 * <p><b>What the work does,</b> it does as without a limit: its result, its exceptions and its thread are its own.
 * <b>Waiting.</b> Nothing here waits for permits. <b>Errors.</b> Null is a {@link NullPointerException} before anything is
 * taken, also where a stage is returned. <b>Thread-safety.</b> All methods, and all work that they return, may be called
 * by any number of threads as far as the work itself may.
 */
public final class Limited {

    private Limited() {}

    /**
     * Calls, if the limit admits it.
     *
     * @param limit the limit
     * @param key the key that one permit is taken of
     * @param work what is called
     * @param <K> the type of the key
     * @param <V> the type of the result
     * @return the result
     * @throws LimitExceededException if the limit refuses
     * @throws Exception if the work throws it
     */
    public static <K, V extends @Nullable Object> V call(Limit<? super K> limit, K key, Callable<? extends V> work)
            throws Exception {
        enter(limit, key, work);
        return work.call();
    }

    /**
     * Gets, if the limit admits it.
     *
     * @param limit the limit
     * @param key the key that one permit is taken of
     * @param work what is asked
     * @param <K> the type of the key
     * @param <V> the type of the result
     * @return the result
     * @throws LimitExceededException if the limit refuses
     */
    public static <K, V extends @Nullable Object> V supply(Limit<? super K> limit, K key, Supplier<? extends V> work) {
        enter(limit, key, work);
        return work.get();
    }

    /**
     * Runs, if the limit admits it.
     *
     * @param limit the limit
     * @param key the key that one permit is taken of
     * @param work what is run
     * @param <K> the type of the key
     * @throws LimitExceededException if the limit refuses
     */
    public static <K> void run(Limit<? super K> limit, K key, Runnable work) {
        enter(limit, key, work);
        work.run();
    }

    /**
     * Starts a stage, if the limit admits it. A refusal is a failed stage, and never thrown.
     *
     * @param limit the limit
     * @param key the key that one permit is taken of
     * @param work what starts the stage, in the caller's thread
     * @param <K> the type of the key
     * @param <V> the type of the stage's result
     * @return the work's own stage; or one that has failed with a {@link LimitExceededException}
     */
    public static <K, V extends @Nullable Object> CompletionStage<V> supplyAsync(
            Limit<? super K> limit, K key, Supplier<? extends CompletionStage<V>> work) {
        check(limit, key, work);
        Decision decision = limit.decide(key);
        return decision.allowed() ? work.get() : CompletableFuture.failedStage(new LimitExceededException(decision));
    }

    /**
     * Returns work that does {@link #call} each time.
     *
     * @param limit the limit
     * @param key the key that one permit is taken of each time
     * @param work what is called
     * @param <K> the type of the key
     * @param <V> the type of the result
     * @return the limited work
     */
    public static <K, V extends @Nullable Object> Callable<V> callable(
            Limit<? super K> limit, K key, Callable<? extends V> work) {
        check(limit, key, work);
        return () -> call(limit, key, work);
    }

    /**
     * Returns work that does {@link #supply} each time.
     *
     * @param limit the limit
     * @param key the key that one permit is taken of each time
     * @param work what is asked
     * @param <K> the type of the key
     * @param <V> the type of the result
     * @return the limited work
     */
    public static <K, V extends @Nullable Object> Supplier<V> supplier(
            Limit<? super K> limit, K key, Supplier<? extends V> work) {
        check(limit, key, work);
        return () -> supply(limit, key, work);
    }

    /**
     * Returns work that does {@link #run} each time.
     *
     * @param limit the limit
     * @param key the key that one permit is taken of each time
     * @param work what is run
     * @param <K> the type of the key
     * @return the limited work
     */
    public static <K> Runnable runnable(Limit<? super K> limit, K key, Runnable work) {
        check(limit, key, work);
        return () -> run(limit, key, work);
    }

    /**
     * Returns work that does {@link #supplyAsync} each time.
     *
     * @param limit the limit
     * @param key the key that one permit is taken of each time
     * @param work what starts a stage
     * @param <K> the type of the key
     * @param <V> the type of the stage's result
     * @return the limited work
     */
    public static <K, V extends @Nullable Object> Supplier<CompletionStage<V>> asyncSupplier(
            Limit<? super K> limit, K key, Supplier<? extends CompletionStage<V>> work) {
        check(limit, key, work);
        return () -> supplyAsync(limit, key, work);
    }

    private static <K> void enter(Limit<? super K> limit, K key, Object work) {
        check(limit, key, work);
        Decision decision = limit.decide(key);
        if (!decision.allowed()) {
            throw new LimitExceededException(decision);
        }
    }

    private static void check(Object limit, Object key, Object work) {
        Objects.requireNonNull(limit, "limit");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(work, "work");
    }
}
