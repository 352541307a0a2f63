package dev.ratelimit.tck.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/** A race: threads that begin at the same time. */
public final class Race {

    private Race() {}

    /**
     * Runs a number of threads, and returns the result of each. If an assertion fails in one of them, it fails here.
     *
     * @param rule the number of the rule that is tested, for messages
     * @param patience the longest time that the race may take
     * @param threads the number of threads
     * @param tasks makes the task of each thread from its number
     * @param <T> the type of a result
     * @return the results, in the order of the threads
     */
    public static <T> List<T> of(String rule, Duration patience, int threads, IntFunction<Callable<T>> tasks) {
        CyclicBarrier start = new CyclicBarrier(threads);
        List<FutureTask<T>> futures = new ArrayList<>();
        List<Thread> runners = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Callable<T> task = tasks.apply(i);
            FutureTask<T> future = new FutureTask<>(() -> {
                start.await();
                return task.call();
            });
            futures.add(future);
            Thread runner = new Thread(future, "race-" + i);
            runner.setDaemon(true);
            runners.add(runner);
        }
        runners.forEach(Thread::start);
        try {
            return results(rule, System.nanoTime() + patience.toNanos(), futures);
        } finally {
            runners.forEach(Thread::interrupt);
        }
    }

    private static <T> List<T> results(String rule, long end, List<FutureTask<T>> futures) {
        List<T> results = new ArrayList<>();
        for (FutureTask<T> future : futures) {
            try {
                results.add(future.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new AssertionError(rule + ": a thread of the race failed: " + cause, cause);
            } catch (TimeoutException e) {
                throw new AssertionError(rule + ": threads block each other, the race has no end", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(rule + ": the race was interrupted", e);
            }
        }
        return results;
    }
}
