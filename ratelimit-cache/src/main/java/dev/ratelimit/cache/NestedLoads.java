package dev.ratelimit.cache;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The nesting of loads: which load's loader runs on a thread, and which loads wait for each other.
 *
 * <p>A load counts as nested only if the outer loader asks for it on its own thread, before it returns.
 */
final class NestedLoads {

    /** The loads by thread. A thread-local would leave an entry in each caller's thread that only reads it. */
    private static final ConcurrentMap<Thread, Load<?>> CURRENT = new ConcurrentHashMap<>();

    private NestedLoads() {}

    /** The load whose loader is called on this thread; null for none. */
    static @Nullable Load<?> current() {
        return CURRENT.get(Thread.currentThread());
    }

    /** Calls the loader of a load. */
    static void call(Load<?> load) {
        Thread thread = Thread.currentThread();
        Load<?> before = CURRENT.put(thread, load);
        try {
            load.call.run();
        } finally {
            if (before == null) {
                CURRENT.remove(thread);
            } else {
                CURRENT.put(thread, before);
            }
        }
    }

    /** Whether a load of this key of this cache is asked for within such a load. */
    static boolean isWithin(Object cache, CacheKey key, @Nullable Load<?> within) {
        for (Load<?> load = within; load != null; load = load.parent) {
            if (load.cache == cache && load.key.equals(key) && !load.isSettled()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Records that a load waits for another; false if that one waits for it, directly or through others. Each load
     * records its wait first and checks second. So if several loads close a circle at the same time, at least one of
     * them finds it.
     */
    static boolean waits(Load<?> waiting, Load<?> other) {
        waiting.waitsFor.add(other);
        if (!reaches(other, waiting)) {
            return true;
        }
        waiting.waitsFor.remove(other);
        return false;
    }

    private static boolean reaches(Load<?> from, Load<?> to) {
        Set<Load<?>> seen = new HashSet<>();
        ArrayDeque<Load<?>> open = new ArrayDeque<>();
        open.add(from);
        for (Load<?> next = open.poll(); next != null; next = open.poll()) {
            if (next == to) {
                return true;
            }
            if (!next.isSettled() && seen.add(next)) {
                open.addAll(next.waitsFor);
            }
        }
        return false;
    }
}
