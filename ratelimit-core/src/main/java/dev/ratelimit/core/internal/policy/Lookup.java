package dev.ratelimit.core.internal.policy;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A look-up that one thread makes, and for which others wait.
 *
 * @param <V> the type of the answer
 */
final class Lookup<V> {

    /** Set on threads that are inside a resolver's call, of whichever limiter. */
    private static final ThreadLocal<Boolean> INSIDE = new ThreadLocal<>();

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable V answer;
    private volatile boolean isOutdated;

    /** Whether this thread is inside a resolver's call, so that somebody may be waiting for it. */
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

    /** Lets those go on who wait. */
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

    /** Says that what comes out must not be remembered. */
    void outdate() {
        isOutdated = true;
    }

    boolean isOutdated() {
        return isOutdated;
    }
}
