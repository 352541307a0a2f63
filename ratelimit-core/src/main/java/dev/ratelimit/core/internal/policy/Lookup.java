package dev.ratelimit.core.internal.policy;

import dev.ratelimit.Policy;
import dev.ratelimit.PolicyResolver;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A look-up that one thread makes, and for which others wait. */
final class Lookup {

    /** Set on threads that are inside a resolver's call, of whichever limiter. */
    private static final ThreadLocal<Boolean> INSIDE = new ThreadLocal<>();

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Policy answer;
    private volatile boolean isOutdated;

    /** Whether this thread is inside a resolver's call, so that somebody may be waiting for it. */
    static boolean isThisThreadInside() {
        return INSIDE.get() != null;
    }

    /** Calls the resolver on this thread. */
    static <K> Policy call(PolicyResolver<? super K> resolver, K key) throws Exception {
        boolean isNested = isThisThreadInside();
        INSIDE.set(true);
        try {
            Policy policy = resolver.resolve(key);
            if (policy == null) {
                throw new IllegalStateException("the resolver returned null; keys that it does not know need a policy");
            }
            return policy;
        } finally {
            if (!isNested) {
                INSIDE.remove();
            }
        }
    }

    /** Lets those go on who wait. */
    void end(@Nullable Policy policy) {
        answer = policy;
        ended.countDown();
    }

    /** Waits for the end; returns the answer, or null if there is none for others. */
    @Nullable
    Policy await() throws InterruptedException {
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
