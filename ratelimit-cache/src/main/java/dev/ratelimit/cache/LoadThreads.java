package dev.ratelimit.cache;

import dev.ratelimit.internal.OwnThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The daemon threads that call loaders, unless a cache was given an executor. The caches' bounds on loads also bound
 * these threads. A thread ends after ten idle seconds, and inherits nothing from the caller that started it.
 */
final class LoadThreads {

    private static final ThreadPoolExecutor SHARED = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            OwnThreads.named("ratelimit-cache-load", LoadThreads.class));

    private LoadThreads() {}

    static Executor shared() {
        return SHARED;
    }
}
