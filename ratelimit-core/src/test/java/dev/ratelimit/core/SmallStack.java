package dev.ratelimit.core;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Threads with a small stack, on which something is done at each depth, up to the stack's end. */
public final class SmallStack {

    /** Enough threads for some of them to run interpreted, some compiled, and some both. */
    public static final int ROUNDS = 60;

    /** As small as virtual machines allow, with room for some thousand calls. */
    private static final long BYTES = 256 * 1024;

    private static final int SHIFTS = 50;

    private final AtomicLong overflowed = new AtomicLong();

    /** How often an action has failed for want of stack. */
    public long overflowed() {
        return overflowed.get();
    }

    /** Runs an action at each depth, on a thread of its own. */
    public void atEachDepth(int round, Runnable action) throws InterruptedException {
        until(round, () -> deeper(action));
    }

    @SuppressWarnings("InfiniteRecursion") // until the stack ends
    private int deeper(Runnable action) {
        try {
            action.run();
        } catch (StackOverflowError e) {
            overflowed.incrementAndGet();
        }
        return 1 + deeper(action);
    }

    /** Runs what calls itself until the stack overflows, on a thread of its own. */
    public static void until(int round, Runnable recursion) throws InterruptedException {
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(null, () -> shifted(round % SHIFTS, recursion), "small stack", BYTES);
        thread.setUncaughtExceptionHandler((unused, e) -> thrown.set(e));
        thread.start();
        thread.join();
        if (!(thrown.get() instanceof StackOverflowError)) {
            throw new AssertionError("the stack did not overflow", thrown.get());
        }
    }

    /** Moves all frames by a few bytes, so that each comes to lie across the end of the stack in some round. */
    private static void shifted(int by, Runnable action) {
        if (by == 0) {
            action.run();
        } else if (by % 2 == 0) {
            shifted(by - 1, action, by, by);
        } else {
            shifted(by - 1, action);
        }
    }

    private static void shifted(int by, Runnable action, long unused, long unusedToo) {
        shifted((int) (by + unused - unusedToo), action);
    }
}
