package dev.ratelimit.core.internal.policy;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A look-up that one thread makes, while other threads wait for its answer.
 *
 * @param <V> the type of the answer
 */
final class Lookup<V> {

    /** Set on threads that are inside a resolver's call, of any limiter. */
    private static final ThreadLocal<Boolean> INSIDE = new ThreadLocal<>();

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable V answer;
    private volatile boolean isOutdated;

    /** Returns whether this thread is inside a resolver's call, so that other threads may wait for it. */
    static boolean isThisThreadInside() {
        return INSIDE.get() != null;
    }

    /** Calls the resolver on this thread. */
    static <K, V> V call(Resolved.Resolver<? super K, ? extends V> resolver, K key) throws Exception {
        boolean isNested = isThisThreadInside();
        INSIDE.set(true);
        try {
            V value = resolver.resolve(key);
            if (value == null) {
                throw new IllegalStateException(
                        "the resolver returned null; keys that it does not know need an answer, too");
            }
            return value;
        } finally {
            if (!isNested) {
                INSIDE.remove();
            }
        }
    }

    /** Ends the look-up, and wakes the waiting threads. */
    void end(@Nullable V value) {
        answer = value;
        ended.countDown();
    }

    /** Waits for the end; returns the answer, or null if there is none for others. */
    @Nullable
    V await() throws InterruptedException {
        ended.await();
        return answer;
    }

    /** Marks the answer as outdated, so that it is not cached. */
    void outdate() {
        isOutdated = true;
    }

    boolean isOutdated() {
        return isOutdated;
    }
}
